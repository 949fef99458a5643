"""Requests to the hand-made edition, drawn once and for all, and their way into a real store."""

import random
from collections.abc import Sequence
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import hand_made_edition as edition

from warehouse.store.engine import open_engine
from warehouse.store.insertion import insert_records
from warehouse.store.migrate import upgrade
from warehouse.store.record import RequestRecord

MOVIES = [1, 2, 3, 4, 8, 9]
VERSIONS = [edition.VERSION, "b-9876543210"]


def store_of(home: Path) -> str:
    """Address of the home's own store."""
    return f"sqlite:///{home / 'app.db'}"


def write_log(url: str, records: Sequence[RequestRecord]) -> None:
    """Write records as the API does."""
    upgrade(url)
    engine = open_engine(url)
    assert insert_records(engine, records) == len(records)
    engine.dispose()


def request(number: int, day: float, **fields: Any) -> RequestRecord:
    """One answer to user 1, with some fields replaced."""
    told: dict[str, Any] = {
        "request_id": str(UUID(int=number)),
        "timestamp": (edition.START.replace(tzinfo=UTC) + timedelta(days=day)).timestamp(),
        "user_id": 1,
        "endpoint": "/recommend",
        "model_version": edition.VERSION,
        "recommendations": [1, 2, 3],
        "scores": [0.9, 0.8, 0.7],
        "latency_ms": 1.5,
        "status": 200,
        "is_fallback": False,
        "fallback_reason": None,
        "k": 3,
        "filters": None,
        "strategy": "personal",
        "unknown_movie_id": None,
        "propensities": None,
        "worker": 1,
        "request": {"exclude_seen": True},
        "is_simulated": True,
    }
    return RequestRecord(**{**told, **fields})


def drawn_requests(n: int = 400) -> list[RequestRecord]:
    """Requests of all kinds over the edition's ten days, the same on every machine."""
    chance = random.Random(7)
    records = []
    for number in range(1, n + 1):
        day = chance.uniform(0, 9.9)
        told: dict[str, Any] = {
            "model_version": VERSIONS[day > 5],
            "latency_ms": round(chance.lognormvariate(1.5, 1.2), 6),
        }
        movies = chance.sample(MOVIES, chance.randint(0, len(MOVIES)))
        told["recommendations"] = movies
        told["scores"] = [1 / place for place in range(1, len(movies) + 1)]
        kind = chance.random()
        if kind < 0.15:
            told |= {"endpoint": "/similar", "user_id": None, "is_fallback": None}
            told |= {"request": {"movie_id": chance.choice(MOVIES)}, "strategy": "similar"}
        elif kind < 0.25:
            told |= {"status": chance.choice([404, 422, 500]), "user_id": None}
            told |= {"recommendations": None, "scores": None, "is_fallback": None}
            told |= {"unknown_movie_id": chance.choice([None, 4711]), "strategy": None}
            told |= {"model_version": chance.choice([None, VERSIONS[day > 5]])}
        else:
            told["user_id"] = chance.choice([1, 2, 3, 4, 5, 6, 90, 1000 + number % 7])
            seeds = chance.sample([*MOVIES, 4711], chance.randint(0, 2))
            told["request"] = {"exclude_seen": True, "seed_movie_ids": seeds}
            told["unknown_movie_id"] = 4711 if 4711 in seeds else None
            if chance.random() < 0.2:
                told |= {"is_fallback": True, "strategy": "popular"}
                told["fallback_reason"] = chance.choice(["unknown_user", "no_history"])
        records.append(request(number, day, **told))
    return records
