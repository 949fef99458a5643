"""Interactions that came after the edition: files that people drop, kept as batches."""
