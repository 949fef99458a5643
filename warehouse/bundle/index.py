"""The FAISS index over the movies: exact where small, inverted lists beyond.

The only module that imports FAISS. Building runs on one thread with a fixed
seed, so the same vectors give the same bytes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from warehouse.bundle.components import Array
from warehouse.errors import BundleError

FLAT_UP_TO = 200_000
MIN_RECALL = 0.95
_SEED = 0
_SAMPLE = 1_000


@dataclass(frozen=True)
class IndexReport:
    """How an index was built, for the manifest.

    Attributes
    ----------
    type : str
        ``flat`` or ``ivf``.
    metric : str
        ``inner_product`` of unit vectors, the cosine.
    recall_at_10 : float
        Share of the exact ten nearest that the index finds, over a fixed sample of movies.
    nlist, nprobe : int or None
        Inverted lists, and how many of them a search visits; none where exact.
    """

    type: str
    metric: str
    recall_at_10: float
    nlist: int | None
    nprobe: int | None


@contextmanager
def _one_thread() -> Iterator[None]:
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def build_index(
    vectors: Array, path: Path, flat_up_to: int = FLAT_UP_TO, min_recall: float = MIN_RECALL
) -> IndexReport:
    """Write an inner-product index over unit vectors and say how good it is.

    Beyond `flat_up_to` rows the vectors go to ``4 sqrt(n)`` inverted lists,
    and `nprobe` doubles until the recall is reached.

    Parameters
    ----------
    vectors : float32 array (n, d)
    path : Path
        File to write.
    """
    vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    count, width = vectors.shape
    with _one_thread():
        exact = faiss.IndexFlatIP(width)
        exact.add(vectors)
        sample = np.random.default_rng(_SEED).permutation(count)[:_SAMPLE]
        truth = exact.search(vectors[sample], 10)[0]
        if count <= flat_up_to:
            faiss.write_index(exact, str(path))
            recall = _recall(exact, vectors[sample], truth)
            return IndexReport("flat", "inner_product", recall, None, None)
        lists = int(4 * np.sqrt(count))
        inverted = faiss.IndexIVFFlat(
            faiss.IndexFlatIP(width), width, lists, faiss.METRIC_INNER_PRODUCT
        )
        inverted.cp.seed = 1234 + _SEED
        inverted.train(vectors)
        inverted.add(vectors)
        inverted.nprobe = 8
        while (recall := _recall(inverted, vectors[sample], truth)) < min_recall:
            if inverted.nprobe >= lists:
                break
            inverted.nprobe = min(2 * inverted.nprobe, lists)
        faiss.write_index(inverted, str(path))
        return IndexReport("ivf", "inner_product", recall, lists, int(inverted.nprobe))


def load_index(path: Path) -> Any:
    """Open an index file read-only, memory-mapped.

    Raises
    ------
    BundleError
        Naming the file, if FAISS cannot read it.
    """
    try:
        return faiss.read_index(str(path), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY)
    except RuntimeError as error:
        raise BundleError(f"{path}: not a readable index") from error


def _recall(index: Any, queries: Array, truth: Array) -> float:
    """Share of the results that score at least as high as the exact tenth; ties count as found."""
    found = index.search(queries, truth.shape[1])[0]
    return float((found >= truth[:, -1:] - 1e-6).mean())
