"""Files become batches exactly once, whatever happens on the way."""

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from warehouse.errors import InvalidDataError
from warehouse.interactions import ingest as module
from warehouse.interactions.batches import Batch, prepare, remove
from warehouse.known import Known

HEADING = "user_id,movie_id,rating,rated_at"
ROWS = "7,1,4,978350400\n8,2,3,978350401\n"


def drop(incoming: Path, name: str, rows: str = ROWS) -> Path:
    path = incoming / name
    path.write_text(f"{HEADING}\n{rows}")
    return path


def accepted(home, manifest) -> list[dict[str, object]]:
    files = home.interactions(manifest.dataset).glob("*.parquet")
    return [row for file in sorted(files) for row in pq.read_table(file).to_pylist()]


def test_a_file_becomes_typed_rows_a_manifest_and_is_moved(
    home, manifest, incoming, take_in
) -> None:
    drop(incoming, "May 2001.csv", ROWS + "9,1,7,978350402\n")
    (batch,) = take_in(MAX_REJECT_SHARE="0.5")

    assert (batch.batch_id, batch.rows, batch.origin) == ("may-2001", 2, "May 2001.csv")
    assert batch.rejected == {"rating_out_of_range": 1}
    assert accepted(home, manifest)[0] == {
        "user_id": 7,
        "movie_id": 1,
        "rating": 4.0,
        "rated_at": datetime(2001, 1, 1, 12),
        "source": "batch",
        "batch_id": "may-2001",
        "accepted_at": batch.accepted_at,
    }
    rejects = home.interactions(manifest.dataset) / "rejects" / "may-2001.parquet"
    assert pq.read_table(rejects)["line"].to_pylist() == ["9,1,7,978350402"]
    assert prepare(home, manifest.dataset) == (batch,)
    assert [path.name for path in incoming.rglob("*.csv")] == ["May 2001.csv"]
    assert (incoming / "accepted" / "May 2001.csv").is_file()


def test_the_same_rows_count_once_whatever_file_they_come_in(
    home, manifest, incoming, take_in
) -> None:
    drop(incoming, "a.csv")
    take_in()
    drop(incoming, "a.csv")
    drop(incoming, "b.csv", "\n".join(reversed(ROWS.splitlines())))
    columns = {"rated_at": [978350400, 978350401], "user_id": [7, 8], "movie_id": [1, 2]}
    pq.write_table(pa.table(columns | {"rating": [4.0, 3.0]}), incoming / "c.parquet")

    assert take_in() == []
    assert len(accepted(home, manifest)) == 2
    assert {path.name for path in incoming.glob("*.*")} == set()
    assert len(list((incoming / "accepted").iterdir())) == 3


def test_a_known_name_with_other_contents_is_refused_and_stays(incoming, take_in) -> None:
    drop(incoming, "a.csv")
    take_in()
    path = drop(incoming, "a.csv", "7,1,5,978350400\n")

    with pytest.raises(InvalidDataError, match="'a' was accepted with other contents"):
        take_in()
    assert path.is_file()


def test_files_are_taken_in_the_order_of_their_names(incoming, take_in) -> None:
    for number in (3, 1, 2):
        drop(incoming, f"slice-{number}.csv", f"7,{number},4,978350400\n")
    batches = take_in()

    assert [batch.batch_id for batch in batches] == ["slice-1", "slice-2", "slice-3"]
    assert sorted({batch.accepted_at for batch in batches}) == [b.accepted_at for b in batches]


def test_too_many_bad_rows_are_an_error_that_shows_them(home, manifest, incoming, take_in) -> None:
    path = drop(incoming, "bad.csv", ROWS + "x,1,4,978350400\n")

    with pytest.raises(InvalidDataError, match=r"1 of 3 rows are bad.*malformed 1") as caught:
        take_in()
    refused = home.interactions(manifest.dataset) / "refused" / "bad.parquet"
    assert str(refused) in str(caught.value)
    assert pq.read_table(refused)["line_number"].to_pylist() == [4]
    assert path.is_file()
    assert prepare(home, manifest.dataset) == ()


def test_what_is_no_batch_is_left_alone(home, manifest, incoming, take_in) -> None:
    drop(incoming, ".being-written.csv")
    drop(incoming, "notes.txt")
    drop(incoming, "empty.csv", "")

    assert take_in() == []
    assert {path.name for path in incoming.iterdir()} == {
        ".being-written.csv",
        "notes.txt",
        "accepted",
    }


@pytest.mark.parametrize("step", ["write", "replace"])
def test_a_killed_run_is_finished_by_the_next(
    home, manifest, incoming, take_in, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    drop(incoming, "a.csv")
    at = Batch if step == "write" else Path
    original = getattr(at, step)

    def killed(self, *arguments):
        if step == "write" or self == incoming / "a.csv":
            raise KeyboardInterrupt
        return original(self, *arguments)

    monkeypatch.setattr(at, step, killed)
    with pytest.raises(KeyboardInterrupt):
        take_in()
    monkeypatch.undo()

    take_in()
    assert len(prepare(home, manifest.dataset)) == 1
    assert len(accepted(home, manifest)) == 2
    assert not list(incoming.glob("*.csv"))


def test_rows_without_a_manifest_do_not_count(home, manifest, incoming, take_in) -> None:
    drop(incoming, "a.csv")
    take_in()
    (home.interactions(manifest.dataset) / "a.json").unlink()

    assert prepare(home, manifest.dataset) == ()
    assert accepted(home, manifest) == []


@pytest.mark.parametrize("damage", ["rows", "manifest"])
def test_a_damaged_batch_is_refused_by_name(home, manifest, incoming, take_in, damage: str) -> None:
    drop(incoming, "a.csv")
    take_in()
    suffix = ".parquet" if damage == "rows" else ".json"
    (home.interactions(manifest.dataset) / f"a{suffix}").write_bytes(b"{}")

    with pytest.raises(InvalidDataError, match="/a: the accepted batch is damaged"):
        prepare(home, manifest.dataset)


def test_a_removed_batch_can_be_handed_in_again(home, manifest, incoming, take_in) -> None:
    drop(incoming, "a.csv")
    take_in()
    remove(home, manifest.dataset, "a")
    assert prepare(home, manifest.dataset) == ()

    drop(incoming, "a.csv")
    assert len(take_in()) == 1


def test_batches_are_part_of_what_is_known(manifest, incoming, take_in) -> None:
    drop(incoming, "a.csv")
    first = take_in()
    drop(incoming, "b.csv", "7,3,4,978350400\n")
    both = [*first, *take_in()]
    fingerprints = {
        Known(manifest, None, batches).fingerprint for batches in ((), tuple(first), tuple(both))
    }

    assert len(fingerprints) == 3


@pytest.mark.parametrize("name", ["[ab].parquet", "ratings [1].parquet", "?.parquet"])
def test_a_name_that_is_a_pattern_means_its_own_file(incoming, take_in, name: str) -> None:
    columns = {"rated_at": [978350400], "rating": [4.0], "movie_id": [1]}
    for user, path in ((7, incoming / name), (8, incoming / "a.parquet")):
        pq.write_table(pa.table(columns | {"user_id": [user]}), path)
    batches = take_in()

    assert {batch.origin for batch in batches} == {name, "a.parquet"}
    assert len({batch.content_hash for batch in batches}) == 2


def test_an_accepted_file_is_never_overwritten(incoming, take_in) -> None:
    first = drop(incoming, "a.csv").read_bytes()
    take_in()
    drop(incoming, "a.csv", "")
    take_in()
    drop(incoming, "a.csv", "\n")
    take_in()

    kept = incoming / "accepted"
    assert {path.name for path in kept.iterdir()} == {"a.csv", "a-2.csv", "a-3.csv"}
    assert (kept / "a.csv").read_bytes() == first


def test_a_name_is_made_safe() -> None:
    assert module.batch_id_of(Path("../_schema.csv")) == "schema"
    assert module.batch_id_of(Path("Оценки мая.csv")) == "оценки-мая"
    assert module.batch_id_of(Path("评分.csv")) == "评分"
    assert len(f"{module.batch_id_of(Path('评' * 80))}.parquet".encode()) < 150
    odd = [module.batch_id_of(Path(name)) for name in ("???.csv", "!!!.csv")]
    assert odd[0] != odd[1]
    assert all(name.startswith("unnamed-") for name in odd)
