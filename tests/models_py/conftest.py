"""A hand-made warehouse: the marts that models read, filled by a few lines of SQL."""

import shutil
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from rich.console import Console

from models_py.fitting import Windows, fit
from models_py.promotion.registry import Registry
from models_py.recipes.configuration import load_recipe
from models_py.serving.contents import Identity, bundle_contents, deploy
from models_py.tracking.runs import Tracker
from models_py.tracking.store import open_client
from warehouse.connection import open_build
from warehouse.dbt import run_dbt
from warehouse.known import Known, resolve_known
from warehouse.ml_tables import ensure_schemas
from warehouse.settings import Settings
from warehouse.sources.datasets import ensure_dataset

Row = tuple[int, int, float, float]

MARTS = """
create schema marts;
create table marts.dim_fit_windows as
    select * from (values
        ('train', timestamp '2000-01-11', 0),
        ('train_validation', timestamp '2000-01-21', 0),
        ('all', timestamp '2000-02-01', 0)
    ) as t (fit_window, cutoff_at, n_interactions);
create table marts.fct_ratings as
    select
        user_id::integer as user_id,
        movie_id::integer as movie_id,
        rating::double as rating,
        timestamp '2000-01-01' + to_microseconds((day * 86400000000)::bigint) as rated_at
    from rows;
create table marts.fct_interactions as
    select
        user_id,
        movie_id,
        rating,
        rated_at as interacted_at,
        case
            when rated_at < timestamp '2000-01-11' then 'train'
            when rated_at < timestamp '2000-01-21' then 'validation'
            else 'test'
        end as split
    from marts.fct_ratings
    where rating >= 4;
create table marts.dim_movies as
    select
        movie_id,
        case when movie_id <> 30 then 1990 + movie_id % 10 end as year,
        case movie_id % 3 when 0 then ['b', 'a'] when 1 then ['c'] else [] end as genres
    from (select distinct movie_id from marts.fct_ratings);
create table marts.dim_genres as
    select * from (values ('c', 2), ('a', 0), ('b', 1)) as t (genre, genre_index);
create table marts.fct_movie_popularity as
    select fit_window, half_life_days, movie_id, sum(
        case when half_life_days is null then 1.0 else
            0.5 ** (epoch(cutoff_at - interacted_at) / 86400 / half_life_days) end
    ) as popularity
    from marts.fct_interactions, marts.dim_fit_windows,
        (values (null), (7), (14)) as t (half_life_days)
    where interacted_at < cutoff_at
    group by all;
create table marts.fct_returning_popularity as
    select * from marts.fct_movie_popularity where popularity > 1;
create table marts.ranked as
    select
        windows.fit_window,
        if(windows.fit_window = 'train', 'validation', 'test') as split,
        positives.*,
        row_number() over (
            partition by windows.fit_window, positives.user_id
            order by positives.interacted_at, positives.movie_id
        ) as nth,
        count(*) over (partition by windows.fit_window, positives.user_id) as n_in_split
    from marts.fct_interactions as positives
    inner join marts.dim_fit_windows as windows
        on
            (windows.fit_window = 'train' and positives.split = 'validation')
            or (windows.fit_window = 'train_validation' and positives.split = 'test');
create table marts.known as
    select distinct fit_window, user_id
    from marts.fct_interactions, marts.dim_fit_windows
    where interacted_at < cutoff_at;
create table marts.new_users as
    select ranked.* exclude (split), ranked.split, sizes.n, 'new_' || sizes.n as population
    from marts.ranked as ranked
    cross join (values (0), (1), (3)) as sizes (n)
    where
        ranked.n_in_split >= 4
        and (ranked.fit_window, ranked.user_id) not in (
            select (fit_window, user_id) from marts.known
        );
create table marts.fct_evaluation_histories as
    select split, population, user_id, movie_id, rating, interacted_at
    from marts.new_users where nth <= n;
create table marts.fct_evaluation_targets as
    select wanted.split, wanted.population, wanted.user_id, wanted.movie_id
    from (
        select split, population, user_id, movie_id, fit_window from marts.new_users where nth > n
        union all
        select split, 'all', user_id, movie_id, fit_window from marts.ranked
        union all
        select split, 'warm', user_id, movie_id, fit_window
        from marts.ranked semi join marts.known using (fit_window, user_id)
    ) as wanted
    semi join (
        select fit_window, movie_id from marts.fct_interactions, marts.dim_fit_windows
        where interacted_at < cutoff_at
    ) as catalogue using (fit_window, movie_id);
"""


@pytest.fixture
def make_warehouse() -> Callable[[Sequence[Row]], duckdb.DuckDBPyConnection]:
    """Marts of ratings (user, movie, stars, day): train to day 10, validation to 20, then test."""

    def make(rows: Sequence[Row]) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect()
        names = ["user_id", "movie_id", "rating", "day"]
        columns = [pa.array(column) for column in zip(*rows, strict=True)]
        connection.register("rows", pa.table(columns, names=names))
        connection.execute(MARTS)
        return connection

    return make


@pytest.fixture
def midnight() -> Callable[[float], datetime]:
    """Day number to the instant that the hand-made warehouse puts it at."""

    def at(day: int) -> datetime:
        return datetime(2000, 1, 1 + day)

    return at


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Known]:
    """Raw Parquet and marts of a synthetic edition, in a home of their own."""
    settings = Settings.from_environment(
        {
            "MARQUEE_HOME": str(tmp_path_factory.mktemp("training")),
            "MARQUEE_DATASET": "synthetic-20k",
        }
    )
    manifest = ensure_dataset(settings, Console(quiet=True))
    ensure_schemas(settings.home, manifest.dataset)
    settings, known = resolve_known(settings, manifest)
    arguments = ["run", "--exclude", "tag:ml", "tag:logs"]
    run_dbt(settings, manifest.dataset, arguments, Console(quiet=True))
    open_client(settings.home)
    return settings, known


@pytest.fixture
def home(built: tuple[Settings, Known], tmp_path: Path) -> Settings:
    """A copy of the built home, for one test to train in."""
    shutil.copytree(built[0].home.root, tmp_path / "home")
    return Settings.from_environment({"MARQUEE_HOME": str(tmp_path / "home")})


@pytest.fixture
def windows(home, built):
    with open_build(home.home) as connection:
        yield Windows(connection, built[1].dataset)


@pytest.fixture
def put_in_production(home, built, windows):
    """Let ALS serve that was fitted on a window, as if that day were the last one known."""

    def put(window: str, version: str = "als-deployed", **parameters: float) -> None:
        training_set = windows.validation.training_set if window == "train" else windows.everything
        recipe = load_recipe("als", built[1].dataset).with_parameters({"factors": 8, **parameters})
        recommender, _, _ = fit(recipe, training_set, 1)
        identity = Identity(version, "f" * 64, {})
        deploy(
            home.home,
            bundle_contents(windows.connection, recommender, training_set, identity),
            None,
            keep_versions=5,
        )
        registry = Registry(home.home, built[1].dataset)
        with Tracker(home.home, built[1].dataset).run("als") as run:
            pass
        described = {"parameters": dict(recipe.parameters), "seed": recipe.seed}
        registry.register(version, "als", run.run_id, described)
        registry.to_production(version)

    return put
