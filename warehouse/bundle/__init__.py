"""The serving bundle: everything the API needs to answer, immutable, in one folder.

Readers import `reader`, `pointer` and `fold_in`; only the training side
imports `writer`, and only `index` imports FAISS.
"""
