"""Recommenders with their hyper-parameters: read, checked and searched."""
