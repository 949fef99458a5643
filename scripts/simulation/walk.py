"""One slice of simulated time: its questions in order, and the ratings that came of it."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from scripts.simulation.behaviour import Question, questions
from scripts.simulation.visits import HeldOut
from warehouse.home import Home
from warehouse.interactions.origin import marked_as_simulated
from warehouse.parquet import write_parquet


def questions_of_slice(
    held_out: HeldOut,
    begins_at: datetime,
    ends_at: datetime,
    genres: Sequence[str],
    seed: int,
) -> list[Question]:
    """Everything that is asked in a slice, its end excluded, in the order of time.

    A visitor who comes as the slice begins asks at its beginning; what a visit
    would ask after its end is left out, as another model may serve by then.
    """
    begin, end = _seconds(begins_at), _seconds(ends_at)
    asked = (
        Question(max(question.at, begin), question.user_id, question.path, question.body)
        for visit in held_out.visits(begins_at, ends_at)
        for question in questions(visit, genres, seed)
        if question.at < end
    )
    return sorted(asked, key=lambda question: (question.at, question.user_id))


def walk(
    asked: Sequence[Question], ask: Callable[[Question], None], console: Console
) -> Iterator[datetime]:
    """Ask one after the other, and yield the instant of each once it is answered."""
    with _progress(console, len(asked)) as advance:
        for question in asked:
            ask(question)
            instant = datetime.fromtimestamp(question.at, UTC).replace(tzinfo=None)
            advance(instant)
            yield instant


def hand_in(
    home: Home, dataset: str, held_out: HeldOut, number: int, bounds: tuple[datetime, datetime]
) -> tuple[Path, int]:
    """Leave the ratings of a slice as a file of new interactions; return it and their number."""
    begins_at, ends_at = bounds
    ratings = held_out.ratings(begins_at, ends_at)
    name = f"simulation-{number:04}-{begins_at:%Y%m%d}-{ends_at:%Y%m%d}.parquet"
    path = home.incoming(dataset) / name
    write_parquet(path, marked_as_simulated(ratings))
    return path, ratings.num_rows


@contextmanager
def _progress(console: Console, total: int) -> Iterator[Callable[[datetime], None]]:
    columns = (
        TextColumn("simulated {task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]:.0f} requests/s"),
        TimeRemainingColumn(),
    )
    started, done = time.perf_counter(), 0
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=total, rate=0.0)

        def advance(instant: datetime) -> None:
            nonlocal done
            done += 1
            rate = done / (time.perf_counter() - started)
            progress.update(task, advance=1, description=f"{instant:%Y-%m-%d}", rate=rate)

        yield advance


def _seconds(instant: datetime) -> float:
    return instant.replace(tzinfo=UTC).timestamp()
