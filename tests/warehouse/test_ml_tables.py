"""ML tables: what a file must look like before dbt may read it."""

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from warehouse.errors import TrainingError
from warehouse.home import Home
from warehouse.ml_tables import SCHEMAS, ensure_schemas, make_table, remove_others, write_table

EXPOSURE = {"model_version": "m-1", "split": "test", "movie_id": [3, 4], "n_lists": [10, 1]}


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


def test_every_table_can_be_globbed_before_the_first_training(home):
    ensure_schemas(home, "toy")
    ensure_schemas(home, "toy")
    for name, schema in SCHEMAS.items():
        found = duckdb.sql(f"select * from '{home.ml(name, 'toy')}/*.parquet'")
        assert found.columns == schema.names
        assert found.fetchall() == []


def test_duckdb_sees_the_types_of_the_contract(home):
    ensure_schemas(home, "toy")
    folder = home.ml("item_embeddings", "toy")
    types = [str(t) for t in duckdb.sql(f"select * from '{folder}/*.parquet'").types]
    assert types == ["VARCHAR", "INTEGER", "FLOAT[]"]


def test_written_rows_come_back(home):
    ensure_schemas(home, "toy")
    write_table(home, "item_exposure", "toy", "m-1", make_table("item_exposure", EXPOSURE))
    folder = home.ml("item_exposure", "toy")
    rows = duckdb.sql(f"select movie_id, n_lists from '{folder}/*.parquet' order by 1").fetchall()
    assert rows == [(3, 10), (4, 1)]


def test_embeddings_are_built_from_a_matrix():
    vectors = np.arange(6, dtype=np.float32).reshape(2, 3)
    table = make_table(
        "item_embeddings",
        {"model_version": "m", "movie_id": np.array([1, 2]), "embedding": list(vectors)},
    )
    assert table.column("embedding").to_pylist() == [[0, 1, 2], [3, 4, 5]]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.drop(["n_lists"]), r"missing columns \['n_lists'\]"),
        (lambda t: t.append_column("more", pa.array([1, 2])), r"unknown columns \['more'\]"),
        (
            lambda t: t.set_column(2, "movie_id", pa.array([1, 2], pa.int64())),
            "movie_id has type int64, expected int32",
        ),
        (
            lambda t: t.set_column(3, "n_lists", pa.array([1, None], pa.int64())),
            "n_lists: 1 nulls, expected none",
        ),
    ],
)
def test_a_table_of_another_shape_is_refused_and_nothing_is_written(home, change, message):
    table = change(make_table("item_exposure", EXPOSURE))
    with pytest.raises(TrainingError, match=message):
        write_table(home, "item_exposure", "toy", "m-1", table)
    assert not home.ml("item_exposure", "toy").exists()


def test_unknown_table_and_unfit_values_are_named(home):
    with pytest.raises(TrainingError, match="'guesses'"):
        remove_others(home, "guesses", "toy", ())
    with pytest.raises(TrainingError, match=r"ml\.item_exposure\.movie_id"):
        make_table("item_exposure", EXPOSURE | {"movie_id": ["x", "y"]})


def test_only_the_named_files_and_the_schema_stay(home):
    ensure_schemas(home, "toy")
    for version in ("m-1", "m-2", "m-3"):
        write_table(home, "item_exposure", "toy", version, make_table("item_exposure", EXPOSURE))
    assert remove_others(home, "item_exposure", "toy", {"m-2"}) == ["m-1", "m-3"]
    left = sorted(p.name for p in home.ml("item_exposure", "toy").iterdir())
    assert left == ["_schema.parquet", "m-2.parquet"]
