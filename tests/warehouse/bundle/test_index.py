"""The index: exact where small, good enough and reproducible beyond."""

import numpy as np
import pytest

from warehouse.bundle.index import build_index, load_index
from warehouse.errors import BundleError


@pytest.fixture
def vectors():
    rng = np.random.default_rng(3)
    centres = rng.normal(size=(60, 12))
    points = centres[rng.integers(0, 60, 6000)] + 0.5 * rng.normal(size=(6000, 12))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


def test_a_large_catalogue_gets_inverted_lists_of_the_wanted_recall(vectors, tmp_path):
    path = tmp_path / "index.faiss"
    report = build_index(vectors, path, flat_up_to=1000)
    assert (report.type, report.nlist) == ("ivf", 309)
    assert report.recall_at_10 >= 0.95
    index = load_index(path)
    assert index.nprobe == report.nprobe
    exact = np.argsort(-(vectors[:200] @ vectors.T), axis=1)[:, :10]
    found = index.search(vectors[:200], 10)[1]
    shared = [len(set(a) & set(b)) / 10 for a, b in zip(exact, found, strict=True)]
    assert np.mean(shared) >= 0.93


def test_probes_rise_until_the_recall_is_reached(vectors, tmp_path):
    loose = build_index(vectors, tmp_path / "loose", flat_up_to=0, min_recall=0.1)
    strict = build_index(vectors, tmp_path / "strict", flat_up_to=0, min_recall=0.9999)
    assert loose.nprobe < strict.nprobe
    assert strict.recall_at_10 >= 0.9999


@pytest.mark.parametrize("flat_up_to", [0, 10_000])
def test_the_same_vectors_give_the_same_bytes(vectors, tmp_path, flat_up_to):
    for name in ("one", "two"):
        build_index(vectors, tmp_path / name, flat_up_to=flat_up_to)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_file_that_is_no_index_is_named(tmp_path):
    (tmp_path / "x.faiss").write_bytes(b"no index at all")
    with pytest.raises(BundleError, match=r"x\.faiss"):
        load_index(tmp_path / "x.faiss")
