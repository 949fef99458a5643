"""The serving bundle: everything the API needs to answer, immutable, in one folder.

What a reader needs is exported here; the training side imports `writer`, and
only `index` (which `writer` uses) imports FAISS.
"""

from warehouse.bundle.pointer import current_version, prune, set_current
from warehouse.bundle.reader import Bundle, load_bundle

__all__ = ["Bundle", "current_version", "load_bundle", "prune", "set_current"]
