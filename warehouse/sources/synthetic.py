"""Synthetic editions of any size, in the same Parquet as the real ones.

``synthetic-25m`` holds 25 million ratings; ``synthetic-5000-half-seed7`` five
thousand in half stars from another seed. The same name always gives the same data.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from warehouse.errors import SettingError
from warehouse.settings import Settings
from warehouse.sources.formats import HALF_STARS, WHOLE_STARS
from warehouse.sources.manifest import (
    MOVIES,
    RATINGS,
    RATINGS_SCHEMA,
    REJECTS,
    USERS,
    Manifest,
    Source,
    examine,
)
from warehouse.sources.raw_folder import put_in_place, read_finished, records
from warehouse.sources.rejects import RejectLog
from warehouse.sources.synthetic_audience import make_audience
from warehouse.sources.synthetic_ratings import Ratings, draw_ratings
from warehouse.sources.synthetic_world import START_SECOND, make_world

PREFIX = "synthetic-"
# Raise it when the same recipe would give other data.
GENERATOR = 1
_NAME = re.compile(
    r"synthetic-(?P<count>\d{1,9})(?P<unit>[km]?)(?P<half>-half)?(?:-seed(?P<seed>\d{1,9}))?"
)
_UNITS = {"": 1, "k": 1_000, "m": 1_000_000}
_FEWEST, _MOST = 1_000, 200_000_000
_ROW_GROUP = 1 << 20


@dataclass(frozen=True)
class Recipe:
    """What a synthetic edition's name says.

    Attributes
    ----------
    name : str
    n_ratings : int
    half_stars : bool
    seed : int
    """

    name: str
    n_ratings: int
    half_stars: bool = False
    seed: int = 0

    @classmethod
    def parse(cls, name: str) -> "Recipe":
        """Read a name such as ``synthetic-25m``.

        Raises
        ------
        SettingError
            When it does not follow the grammar or is too small or too large.
        """
        found = _NAME.fullmatch(name)
        count = int(found["count"]) * _UNITS[found["unit"]] if found else 0
        if found is None or not _FEWEST <= count <= _MOST:
            raise SettingError(
                f"MARQUEE_DATASET={name!r}: expected {PREFIX}<ratings>[k|m][-half][-seed<n>] "
                f"with {_FEWEST:,} to {_MOST:,} ratings"
            )
        return cls(name, count, found["half"] is not None, int(found["seed"] or 0))


def build_synthetic(
    recipe: Recipe, settings: Settings, console: Console, refresh: bool
) -> Manifest:
    """Generate a recipe's edition under ``raw/``, if it is not there yet."""
    source = Source("synthetic", recipe.name, f"generator {GENERATOR}")
    target = settings.home.raw(recipe.name)
    finished = None
    if not refresh:
        finished = read_finished(target, lambda found: found.source == source, console)
    if finished:
        return finished
    with TemporaryDirectory(dir=target.parent, prefix=".convert-") as name:
        folder = Path(name)
        write_synthetic(recipe, folder, console)
        contents = examine(folder, recipe.name)
        manifest = Manifest(
            dataset=recipe.name,
            edition="synthetic",
            source=source,
            archive_sha256=None,
            counts=contents.counts,
            rejected={},
            rated_from=contents.rated_from,
            rated_until=contents.rated_until,
            rating_scale=HALF_STARS if recipe.half_stars else WHOLE_STARS,
            fingerprint=contents.fingerprint,
            files=records(folder),
        )
        put_in_place(folder, manifest, target)
    return manifest


def write_synthetic(recipe: Recipe, folder: Path, console: Console) -> None:
    """Write a recipe's Parquet files into `folder`."""
    world = make_world(recipe.n_ratings, recipe.seed)
    audience = make_audience(recipe.n_ratings, world, recipe.seed)
    pq.write_table(world.table(), folder / MOVIES, compression="zstd")
    pq.write_table(audience.table(), folder / USERS, compression="zstd")
    with RejectLog(folder / REJECTS):
        pass
    columns = (TextColumn("generating ratings {task.percentage:.0f} %"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=recipe.n_ratings)
        ratings = draw_ratings(
            world,
            audience,
            recipe.half_stars,
            recipe.seed,
            lambda count: progress.advance(task, count),
        )
    with console.status("writing ratings"):
        _write_ratings(ratings, folder / RATINGS)


def _write_ratings(ratings: Ratings, target: Path) -> None:
    # Drawn in the order of user and movie, so a stable sort by time completes the order.
    order = np.argsort(ratings.second, kind="stable")
    with pq.ParquetWriter(target, RATINGS_SCHEMA, compression="zstd") as writer:
        for first in range(0, len(order), _ROW_GROUP):
            rows = order[first : first + _ROW_GROUP]
            microseconds = (START_SECOND + ratings.second[rows].astype(np.int64)) * 1_000_000
            columns = [
                pa.array(ratings.user[rows] + 1),
                pa.array(ratings.movie[rows] + 1),
                pa.array(ratings.half_steps[rows] / 2),
                pa.array(microseconds).cast(pa.timestamp("us")),
            ]
            writer.write_table(pa.table(columns, schema=RATINGS_SCHEMA))
