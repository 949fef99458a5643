"""A bundle gives back what went in, the same bytes each time, and never changes."""

import json
import subprocess
import sys

import numpy as np
import pytest

from warehouse.bundle import load_bundle
from warehouse.bundle.index import load_index
from warehouse.bundle.layout import REQUIRED_FILES
from warehouse.bundle.neighbours import nearest, similarity_vectors
from warehouse.bundle.writer import write_bundle
from warehouse.errors import BundleError


@pytest.mark.parametrize("mmap", [True, False])
def test_everything_comes_back(home, contents, mmap):
    bundle = load_bundle(write_bundle(home, contents), mmap=mmap)
    assert bundle.model_version == "toy-0123456789"
    for name in ("user_ids", "movie_ids", "user_embeddings", "item_embeddings", "item_prior"):
        np.testing.assert_array_equal(getattr(bundle, name), getattr(contents, name))
        assert getattr(bundle, name).dtype == getattr(contents, name).dtype
    for ours, theirs in ((bundle.seen, contents.seen), (bundle.histories, contents.histories)):
        np.testing.assert_array_equal(ours.indptr, theirs.indptr)
        np.testing.assert_array_equal(ours.indices, theirs.indices)
        for one, other in zip(ours.values, theirs.values, strict=True):
            np.testing.assert_array_equal(one, other)
    assert bundle.item_features[3]["title"] == "Les Misérables 3"
    assert len(bundle.item_features) > len(bundle.movie_ids)
    assert bundle.genre_popularity["Drama"]["trending"] == [2, 0]
    assert bundle.item_rows[3] == 1
    with pytest.raises(ValueError, match="read-only"):
        bundle.item_prior[0] = 1


def test_stored_vectors_are_the_fold_in_of_the_stored_histories(home, contents):
    bundle = load_bundle(write_bundle(home, contents))
    histories = bundle.histories
    vectors = bundle.fold_in.vectors(histories.indptr, histories.indices, *histories.values)
    np.testing.assert_array_equal(vectors, bundle.user_embeddings)


def test_same_contents_have_the_same_hash_and_others_another(home, contents, changed, tmp_path):
    first = load_bundle(write_bundle(home, contents, "abc")).manifest
    other_home = type(home)(tmp_path / "other")
    again = load_bundle(write_bundle(other_home, changed(metrics={}), "def")).manifest
    assert again["content_hash"] == first["content_hash"]
    assert again["code_revision"] != first["code_revision"]
    third_home = type(home)(tmp_path / "third")
    third = load_bundle(write_bundle(third_home, changed(default_rating=5.0))).manifest
    assert third["content_hash"] != first["content_hash"]


def test_writing_again_changes_nothing_and_other_contents_are_refused(home, contents, changed):
    folder = write_bundle(home, contents)
    before = {p.name: (p.stat().st_mtime_ns, p.stat().st_ino) for p in folder.iterdir()}
    write_bundle(home, contents)
    assert before == {p.name: (p.stat().st_mtime_ns, p.stat().st_ino) for p in folder.iterdir()}
    with pytest.raises(BundleError, match="toy-0123456789: is there with content hash"):
        write_bundle(home, changed(default_rating=5.0))
    assert [p.name for p in home.bundles.iterdir()] == ["toy-0123456789"]
    assert before == {p.name: (p.stat().st_mtime_ns, p.stat().st_ino) for p in folder.iterdir()}


def test_manifest_says_what_the_bundle_is(home, contents):
    folder = write_bundle(home, contents, "abc")
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["dimensions"] == 13
    assert manifest["counts"]["users"] == 25
    assert manifest["index"] == {
        "type": "flat",
        "metric": "inner_product",
        "recall_at_10": 1.0,
        "nlist": None,
        "nprobe": None,
    }
    assert set(manifest["files"]) >= set(REQUIRED_FILES)
    assert set(manifest["files"]) == {p.name for p in folder.iterdir()} - {"manifest.json"}


def test_neighbours_are_the_exact_cosines_without_the_prior_block(home, contents):
    bundle = load_bundle(write_bundle(home, contents))
    vectors = similarity_vectors(contents.item_embeddings, contents.fold_in)
    assert not vectors[:, -1].any()
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -np.inf)
    expected = np.argsort(-cosines, axis=1, kind="stable")[:, :100]
    np.testing.assert_array_equal(bundle.neighbours, expected)
    found = load_index(bundle.index_path).search(vectors[:5], 11)[1]
    np.testing.assert_array_equal(found[:, 0], np.arange(5))
    np.testing.assert_array_equal(found[:, 1:], expected[:5, :10])


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"item_prior": np.zeros(3, np.float32)}, r"item_prior: shape \(3,\), expected \(160,\)"),
        ({"item_prior": np.full(160, np.nan, np.float32)}, "item_prior: holds a number"),
        ({"movie_ids": np.zeros(160, np.int32)}, "movie_ids: expected to ascend"),
        ({"item_features": []}, "item_features: lacks movies"),
    ],
)
def test_contents_that_do_not_fit_are_refused_before_anything_is_written(
    home, changed, fields, message
):
    with pytest.raises(BundleError, match=message):
        write_bundle(home, changed(**fields))
    assert not home.bundles.exists()


def test_reading_needs_neither_training_nor_web_libraries(home, contents):
    folder = write_bundle(home, contents)
    script = (
        "import sys; from pathlib import Path; from warehouse.bundle import load_bundle;"
        f"load_bundle(Path({str(folder)!r}));"
        "heavy = {'faiss', 'implicit', 'mlflow', 'duckdb', 'scipy', 'flask'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_neighbours_of_equal_likeness_stand_in_the_order_of_the_catalogue():
    vectors = np.array([[1, 0], [1, 0], [0, 1], [1, 0], [1, 0]], dtype=np.float32)
    rows, scores = nearest(vectors, count=2)
    assert rows.tolist() == [[1, 3], [0, 3], [0, 1], [0, 1], [0, 1]]
    assert scores[0].tolist() == [1, 1]


@pytest.mark.parametrize(("films", "expected"), [(1, (1, 0)), (2, (2, 1))])
def test_a_tiny_catalogue_has_fewer_neighbours(films, expected):
    rows, scores = nearest(np.eye(films, dtype=np.float32))
    assert rows.shape == scores.shape == expected
