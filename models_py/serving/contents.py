"""From a fitted recommender to what leaves training: embeddings tables and the serving bundle."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from threadpoolctl import threadpool_limits

from models_py.data.interactions import TrainingSet
from models_py.recommenders.base import FactorRecommender
from models_py.serving import bundle_queries
from warehouse.bundle import prune, set_current
from warehouse.bundle.layout import BundleContents, Ragged
from warehouse.bundle.pointer import versions
from warehouse.bundle.writer import write_bundle
from warehouse.errors import TrainingError
from warehouse.home import Home
from warehouse.ml_tables import make_table, remove_others, write_table

TRENDING_HALF_LIFE_DAYS = 14


@dataclass(frozen=True)
class Identity:
    """What a bundle says of itself that its arrays do not.

    Attributes
    ----------
    model_version : str
    data_fingerprint : str
    metrics : mapping
        Figures of the recipe on the splits, for the manifest.
    """

    model_version: str
    data_fingerprint: str
    metrics: Mapping[str, float]


def bundle_contents(
    connection: duckdb.DuckDBPyConnection,
    recommender: FactorRecommender,
    training_set: TrainingSet,
    identity: Identity,
    trending_half_life_days: int = TRENDING_HALF_LIFE_DAYS,
) -> BundleContents:
    """Gather everything that the API needs to answer.

    Parameters
    ----------
    connection : DuckDBPyConnection
        On the warehouse that `training_set` was read from.
    recommender : FactorRecommender
        Fitted on `training_set`.
    training_set : TrainingSet
        The window `all`, for what is deployed.
    identity : Identity
    trending_half_life_days : int
        Half-life of the popularity that counts as trending.

    Raises
    ------
    TrainingError
        The warehouse has no popularity of that half-life.
    """
    popularity = training_set.popularity
    if trending_half_life_days not in popularity:
        raise TrainingError(
            f"trending_half_life_days={trending_half_life_days}: not in "
            f"marts.fct_movie_popularity, expected one of {sorted(k for k in popularity if k)}"
        )
    ratings, ages = training_set.histories.ratings, training_set.histories.ages
    # One thread, so that sums are taken in the same order on every run.
    with threadpool_limits(limits=1):
        user_embeddings = recommender.fold_in(training_set.histories)
    features, rating_values = bundle_queries.item_features(connection, training_set.movie_ids)
    others = bundle_queries.users_without_history(connection, training_set)
    return BundleContents(
        model_version=identity.model_version,
        model_name=recommender.name,
        dataset=training_set.dataset,
        data_fingerprint=identity.data_fingerprint,
        cutoff=training_set.cutoff_at,
        trained_on={
            "fit_window": training_set.fit_window,
            "n_interactions": training_set.n_interactions,
            "first": bundle_queries.first_interaction(connection, training_set),
            "last": training_set.last_interaction_at.replace(tzinfo=UTC).isoformat(),
        },
        recipe={"parameters": dict(recommender.parameters), "seed": recommender.seed},
        metrics=identity.metrics,
        user_ids=training_set.user_ids.astype(np.int32),
        movie_ids=training_set.movie_ids.astype(np.int32),
        user_embeddings=user_embeddings,
        item_embeddings=recommender.item_factors,
        item_prior=recommender.item_prior,
        seen=bundle_queries.seen(connection, training_set, others),
        histories=Ragged(
            ratings.indptr.astype(np.int64),
            ratings.indices.astype(np.int32),
            # Stored ages carry one more day than they mean; see Histories.
            (ratings.data, ages.data - np.float32(1)),
        ),
        fold_in=recommender.folding,
        default_rating=float(np.median(ratings.data)),
        popularity=np.stack([popularity[None], popularity[trending_half_life_days]]),
        trending_half_life_days=trending_half_life_days,
        genre_popularity=bundle_queries.genre_popularity(connection, training_set),
        item_features=features,
        rating_values=rating_values,
        users_without_history=others,
    )


def embedding_tables(contents: BundleContents) -> dict[str, pa.Table]:
    """Rows of the ML tables ``item_embeddings`` and ``user_embeddings``, by table."""
    parts = (
        ("item_embeddings", "movie_id", contents.movie_ids, contents.item_embeddings),
        ("user_embeddings", "user_id", contents.user_ids, contents.user_embeddings),
    )
    return {
        table: make_table(
            table,
            {
                "model_version": contents.model_version,
                key: ids,
                "embedding": list(vectors),
            },
        )
        for table, key, ids, vectors in parts
    }


def deploy(
    home: Home, contents: BundleContents, code_revision: str | None, keep_versions: int
) -> Path:
    """Write bundle and embeddings, let the version serve, and prune what is too old.

    Whatever step this is interrupted at, ``CURRENT`` names a whole bundle, and
    doing it again finishes the work.

    Returns
    -------
    Path
        Folder of the bundle.
    """
    folder = write_bundle(home, contents, code_revision)
    tables = embedding_tables(contents)
    for name, table in tables.items():
        write_table(home, name, contents.dataset, contents.model_version, table)
    set_current(home, contents.model_version)
    prune(home, keep_versions)
    for name in tables:
        remove_others(home, name, contents.dataset, versions(home))
    return folder
