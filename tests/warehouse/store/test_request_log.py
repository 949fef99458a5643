import logging
import time
from collections.abc import Callable

import pytest
from sqlalchemy import text

from warehouse.store import writer
from warehouse.store.engine import writing
from warehouse.store.request_log import RequestLog


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.005)


def test_records_are_written_by_themselves(open_log, make_record, stored_ids) -> None:
    log = open_log()

    for number in range(2_500):
        log.put(make_record(number))
    wait_until(lambda: log.written == 2_500)

    assert stored_ids() == list(range(2_500))
    assert (log.depth, log.dropped, log.failing) == (0, 0, False)


def test_closing_writes_what_waits(open_log, make_record, stored_ids) -> None:
    log = open_log(flush=3600)
    for number in range(10):
        log.put(make_record(number))

    log.close()

    assert stored_ids() == list(range(10))
    assert (log.depth, log.written, log.dropped) == (0, 10, 0)


def test_a_log_that_was_closed_writes_again(open_log, make_record, stored_ids) -> None:
    log = open_log(flush=3600)
    for number in range(3):
        log.put(make_record(number))
        log.close()

    assert stored_ids() == [0, 1, 2]
    assert log.written == 3


def test_while_the_store_is_locked_records_wait_in_order_and_none_is_lost(
    open_log, make_record, stored_ids, locked
) -> None:
    log = open_log()
    with locked():
        log.put(make_record(0))
        wait_until(lambda: log.failing)
        for number in range(1, 50):
            log.put(make_record(number))
        assert (log.depth, log.written, log.dropped) == (50, 0, 0)

    wait_until(lambda: log.depth == 0)

    assert stored_ids() == list(range(50))
    assert (log.written, log.dropped, log.failing) == (50, 0, False)


def test_a_full_queue_drops_the_newest_and_counts_them(
    open_log, make_record, stored_ids, locked, caplog
) -> None:
    log = open_log(queue=5, wait=0.01)
    with locked():
        for number in range(25):
            log.put(make_record(number))
        assert (log.depth, log.dropped) == (5, 20)
        assert [r.message for r in caplog.records if "loses rows" in r.message] == [
            "the request log loses rows: the queue is full"
        ]

    wait_until(lambda: log.depth == 0)

    assert stored_ids() == [0, 1, 2, 3, 4]
    assert (log.written, log.dropped) == (5, 20)


def test_a_short_stall_costs_a_wait_and_no_row(open_log, make_record, stored_ids, locked) -> None:
    log = open_log(queue=5, wait=60)
    for number in range(200):
        log.put(make_record(number))

    log.close()

    assert stored_ids() == list(range(200))
    assert log.dropped == 0


def test_a_dead_store_is_waited_for_once_and_not_at_every_request(
    open_log, make_record, locked
) -> None:
    log = open_log(queue=1, wait=0.2)
    with locked():
        started = time.monotonic()
        for number in range(1_000):
            log.put(make_record(number))
        waited = time.monotonic() - started

    # Two waits would do; a thousand would take 200 seconds.
    assert waited < 20
    assert log.dropped == 999


def test_closing_gives_up_in_the_end_and_counts_what_is_lost(
    open_log, make_record, n_stored, locked
) -> None:
    log = open_log()
    with locked():
        for number in range(7):
            log.put(make_record(number))
        log.close(timeout=0.1)

    assert (log.depth, log.written, log.dropped) == (0, 0, 7)
    assert n_stored() == 0


@pytest.mark.parametrize(
    "spoilt",
    [
        {"user_id": 2**63},
        {"timestamp": float("nan")},
        {"filters": {"genres": {"a", "set"}}},
        {"endpoint": None},
        {"endpoint": "/\ud800"},
        {"user_id": object()},
    ],
    ids=["range", "nan", "set", "none", "surrogate", "object"],
)
def test_a_record_that_cannot_be_stored_keeps_no_other_from_it(
    open_log, make_record, stored_ids, spoilt, caplog
) -> None:
    log = open_log(flush=3600)
    for number in range(20):
        log.put(make_record(number, **(spoilt if number == 13 else {})))

    log.close()

    assert stored_ids() == [number for number in range(20) if number != 13]
    assert (log.written, log.dropped, log.failing) == (19, 1, False)
    assert any(make_record(13).request_id in record.message for record in caplog.records)


def test_an_id_that_is_there_already_is_written_once(open_log, make_record, stored_ids) -> None:
    log = open_log(flush=3600)
    for number in (1, 2, 1):
        log.put(make_record(number))

    log.close()

    assert stored_ids() == [1, 2]


def test_without_its_table_the_log_fails_says_so_once_and_recovers(
    open_log, make_record, stored_ids, engine, caplog
) -> None:
    with writing(engine) as connection:
        connection.execute(text("alter table request_logs rename to elsewhere"))
    log = open_log()
    for number in range(3):
        log.put(make_record(number))
    wait_until(lambda: log.failing)

    with writing(engine) as connection:
        connection.execute(text("alter table elsewhere rename to request_logs"))
    wait_until(lambda: log.depth == 0)

    assert stored_ids() == [0, 1, 2]
    assert log.failing is False
    errors = [r.message for r in caplog.records if r.levelno == logging.ERROR]
    assert len(errors) == 1
    assert "store upgrade" in errors[0]


def test_a_store_that_cannot_be_opened_is_no_error_to_the_caller(tmp_path, make_record) -> None:
    (tmp_path / "app.db").mkdir()
    log = RequestLog(f"sqlite:///{tmp_path / 'app.db'}", 3, 0.01, 0.01)

    for number in range(5):
        log.put(make_record(number))
    wait_until(lambda: log.failing)
    log.close(timeout=0.1)

    assert (log.depth, log.written, log.dropped) == (0, 0, 5)
    assert log.failing


def test_a_defect_in_writing_is_tried_again_and_loses_no_row(
    open_log, make_record, stored_ids, monkeypatch
) -> None:
    written, failures = writer.insert_records, [RuntimeError("a defect")] * 2

    def sometimes(*arguments) -> int:
        if failures:
            raise failures.pop()
        return written(*arguments)

    monkeypatch.setattr(writer, "insert_records", sometimes)
    log = open_log()
    for number in range(5):
        log.put(make_record(number))

    log.close()

    assert failures == []
    assert stored_ids() == list(range(5))
    assert (log.written, log.dropped) == (5, 0)
