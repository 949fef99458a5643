"""RePlay's protocol for MovieLens 1M: the tables that models read, from the raw Parquet.

Ratings of at least 3 stars, the oldest 80 % by time for training, users and
movies that training does not know dropped from test. The cut lies in front of
the instant of the rating that stands at 80 %, so ratings of one instant are
never torn apart, and the order in which a file lists them does not matter.

The protocol is laid into the shape of the marts, in a database in memory, so
that the models read it by the same code as a built warehouse.

Source: documentation of RePlay, https://github.com/sb-ai-lab/RePlay.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from models_py.data.interactions import EvaluationSet, TrainingSet
from models_py.data.warehouse_reader import (
    FIT_WINDOW_OF_SPLIT,
    read_evaluation_sets,
    read_training_set,
)
from warehouse.errors import MarqueeError

EDITION = "replay-ml-1m"
TRAIN_SHARE = 0.8
# Where the folds inside train are cut; each is asked for the rest of train.
FOLD_SHARES = (0.36, 0.40, 0.44, 0.48, 0.56, 0.64)
PUBLISHED_COUNTS = {"positives": 836_478, "train": 669_181, "test": 86_542, "test users": 1_139}
# As in dbt_project.yml.
HALF_LIVES_DAYS = (3, 7, 10, 14, 30, 60, 120, 365)
# Popularity counts positives made so many days after the user's first one.
AUDIENCES = {"fct_movie_popularity": -1, "fct_returning_popularity": 7}

RAW_IN_THE_SHAPE_OF_MARTS = f"""
create schema marts;

create table marts.fct_interactions as
select user_id, movie_id, rating, rated_at as interacted_at from ratings where rating >= 3;

-- A rating below 3 stars does not exist for the protocol, not even as something seen.
create view marts.fct_ratings as
select user_id, movie_id, rating, interacted_at as rated_at from marts.fct_interactions;

create table marts.dim_movies as
select movie_id, title, year, genres from movies;

create table marts.dim_genres as
select genre, row_number() over (order by genre) - 1 as genre_index
from (select distinct unnest(genres) as genre from movies);

create table half_lives as
select unnest({list(HALF_LIVES_DAYS)}) as half_life_days;
"""  # noqa: S608 - constants are the only things formatted in

CUTS = """
create or replace table marts.dim_fit_windows as
select
    $fit_window as fit_window,
    $split as split,
    $cutoff_at::timestamp as cutoff_at,
    $until_at::timestamp as until_at
"""

# The formula is the warehouse's; sums of decimals are exact in any order of the rows.
POPULARITY = """
create or replace table marts.{table} as
select fit_window, null as half_life_days, movie_id, count(*)::double as popularity
from known where days_since_first > {after_days}
group by all
union all
select
    fit_window,
    half_life_days,
    movie_id,
    sum(power(0.5, age_days / half_life_days)::decimal(18, 15))::double as popularity
from known cross join half_lives where days_since_first > {after_days}
group by all;
"""

KNOWN = """
create or replace table known as
select
    positives.*,
    windows.fit_window,
    (epoch_us(windows.cutoff_at) - epoch_us(interacted_at)) / 86400e6 as age_days,
    (
        epoch_us(interacted_at) - min(epoch_us(interacted_at)) over (partition by user_id)
    ) / 86400e6 as days_since_first
from marts.fct_interactions as positives
inner join marts.dim_fit_windows as windows on interacted_at < windows.cutoff_at;
"""

TARGETS = """
create or replace table marts.fct_evaluation_targets as
select split, 'warm' as population, user_id, movie_id
from marts.fct_interactions
inner join marts.dim_fit_windows on interacted_at >= cutoff_at and interacted_at < until_at
where user_id in (select user_id from known) and movie_id in (select movie_id from known);
"""


@dataclass(frozen=True)
class Fold:
    """A training set and the people whose next likes are asked for."""

    training_set: TrainingSet
    evaluation_set: EvaluationSet


class Protocol:
    """The protocol over one folder of raw Parquet.

    Parameters
    ----------
    raw : Path
        Holds ``ratings.parquet`` and ``movies.parquet``.
    """

    def __init__(self, raw: Path) -> None:
        self._connection = duckdb.connect()
        for table in ("ratings", "movies"):
            self._connection.read_parquet(str(raw / f"{table}.parquet")).create(table)
        self._connection.execute(RAW_IN_THE_SHAPE_OF_MARTS)

    def folds(self, split: str) -> Iterator[Fold]:
        """Yield the one fold of ``test``, or those of ``validation``, which lie inside train."""
        if split == "test":
            yield self._fold(split, self._instant(TRAIN_SHARE), datetime.max)
        else:
            for share in FOLD_SHARES:
                yield self._fold(split, self._instant(share), self._instant(TRAIN_SHARE))

    def check_counts(self) -> str:
        """Compare the protocol's counts with the published ones, and name them.

        Raises
        ------
        MarqueeError
            A count differs: no figure could be compared.
        """
        fold = next(self.folds("test"))
        found = {
            "positives": self._value("select count(*) from marts.fct_interactions"),
            "train": fold.training_set.n_interactions,
            "test": int(fold.evaluation_set.targets.nnz),
            "test users": fold.evaluation_set.n_users,
        }
        if found != PUBLISHED_COUNTS:
            raise MarqueeError(
                f"counts of the protocol: {found}: expected the published {PUBLISHED_COUNTS}",
                hint="the figures hold for the complete MovieLens 1M; fetch it again",
            )
        return ", ".join(f"{count:,} {name}" for name, count in found.items())

    def _fold(self, split: str, cutoff_at: datetime, until_at: datetime) -> Fold:
        fit_window = FIT_WINDOW_OF_SPLIT[split]
        cuts = {"cutoff_at": cutoff_at, "until_at": until_at}
        self._connection.execute(CUTS, {"fit_window": fit_window, "split": split, **cuts})
        self._connection.execute(KNOWN)
        for table, after_days in AUDIENCES.items():
            self._connection.execute(POPULARITY.format(table=table, after_days=after_days))
        self._connection.execute(TARGETS)
        training_set = read_training_set(self._connection, fit_window, EDITION)
        evaluation_sets = read_evaluation_sets(self._connection, split, training_set)
        return Fold(training_set, evaluation_sets["warm"])

    def _instant(self, share: float) -> datetime:
        """Instant of the positive that stands at a share of all, by time."""
        query = "select quantile_disc(interacted_at, $share) from marts.fct_interactions"
        instant: datetime = self._value(query, share=share)
        return instant

    def _value(self, query: str, **parameters: Any) -> Any:
        row = self._connection.execute(query, parameters).fetchone()
        assert row is not None
        return row[0]
