"""What counts as known: an edition, up to an instant where one is set, and accepted batches.

The instant bounds every rating for every stage: dbt leaves out what lies at or
after it. Only what the running simulation has handed in counts whole: it is what
has become known since. All of it is part of the fingerprint that the stages and
the bundle are made from.
"""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import duckdb

from warehouse.errors import SettingError
from warehouse.files import fingerprint
from warehouse.home import Home
from warehouse.interactions.batches import Batch, prepare
from warehouse.interactions.origin import SIMULATION
from warehouse.settings import Settings
from warehouse.sources.manifest import RATINGS, Manifest


@dataclass(frozen=True)
class Known:
    """The data that a run may read.

    Attributes
    ----------
    manifest : Manifest
        Of the whole edition.
    as_of : datetime or None
        Ratings from this instant on (UTC, without a zone) are unknown; none: all are known.
    batches : tuple of Batch
        In the order in which they were accepted.
    in_simulation : bool
        Whether `as_of` is that of the simulation that the home is in, whose batches are
        not bounded by it.
    """

    manifest: Manifest
    as_of: datetime | None = None
    batches: tuple[Batch, ...] = ()
    in_simulation: bool = False

    @property
    def dataset(self) -> str:
        """Name of the edition's folder below ``raw/``."""
        return self.manifest.dataset

    @property
    def fingerprint(self) -> str:
        """Same data, same fingerprint; that of the edition where it alone, and whole, is known."""
        if self.as_of is None and not self.batches:
            return self.manifest.fingerprint
        as_of = self.as_of.isoformat() if self.as_of else None
        hashes = [
            (batch.content_hash, self.in_simulation and batch.source == SIMULATION)
            for batch in self.batches
        ]
        return fingerprint([self.manifest.fingerprint, as_of, hashes])


def resolve_known(settings: Settings, manifest: Manifest) -> tuple[Settings, Known]:
    """Settle once for a run what is known.

    Only for the process that holds the home's lock.

    Parameters
    ----------
    settings : Settings
    manifest : Manifest
        Of the edition that the settings name.

    Returns
    -------
    settings : Settings
        Their `as_of` is an instant or none, no quantile any more, and `in_simulation`
        is settled with it.
    known : Known

    Raises
    ------
    SettingError
        See `resolve_as_of`.
    InvalidDataError
        An accepted batch is damaged.
    """
    as_of = resolve_as_of(settings, manifest)
    batches = prepare(settings.home, manifest.dataset)
    in_simulation = as_of is not None and simulated_as_of(settings.home, manifest.dataset) == as_of
    settled = replace(settings, as_of=as_of, in_simulation=in_simulation)
    return settled, Known(manifest, as_of, batches, in_simulation)


def resolve_as_of(settings: Settings, manifest: Manifest) -> datetime | None:
    """Tell from when on ratings are unknown, as an instant (UTC, without a zone).

    The setting decides; without one, the simulation that the home is in.

    Returns
    -------
    datetime or None
        None where all are known.

    Raises
    ------
    SettingError
        No rating lies before the instant, or the state of the simulation cannot be read.
    """
    as_of = settings.as_of
    if as_of is None:
        as_of = simulated_as_of(settings.home, manifest.dataset)
    if isinstance(as_of, float):
        as_of = _quantile(settings.home, manifest.dataset, as_of)
    if as_of is not None and as_of <= manifest.rated_from:
        raise SettingError(
            f"MARQUEE_AS_OF={as_of.isoformat()!r}: no rating of {manifest.dataset} lies before "
            f"it, expected a time after {manifest.rated_from.isoformat()}"
        )
    return as_of


def simulated_as_of(home: Home, dataset: str) -> datetime | None:
    """Instant that the simulation of a dataset set out from; none where there is none.

    Raises
    ------
    SettingError
        The state of the simulation cannot be read.
    """
    try:
        state = json.loads(home.simulation.read_text(encoding="utf-8"))
        if state.get("dataset", dataset) != dataset:
            return None
        instant = datetime.fromisoformat(state["as_of"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SettingError(
            f"{home.simulation}: not the state of a simulation",
            "`make pipeline` removes it and returns to all that is known",
        ) from error
    return instant.astimezone(UTC).replace(tzinfo=None) if instant.tzinfo else instant


def _quantile(home: Home, dataset: str, share: float) -> datetime:
    # A discrete quantile is the instant of a row: what is equally late is unknown with it.
    with duckdb.connect() as connection:
        ratings = connection.read_parquet(str(home.raw(dataset) / RATINGS))
        ((instant,),) = ratings.aggregate(
            f"percentile_disc({share!r}) within group (order by rated_at)"
        ).fetchall()
    assert isinstance(instant, datetime)
    return instant
