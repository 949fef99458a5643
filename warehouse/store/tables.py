"""The tables of the operational store, the same on SQLite and PostgreSQL.

Every column declares a type that DuckDB's readers of both databases understand:
lists and objects are JSON in text, instants are UTC without a zone.
"""

from sqlalchemy import (
    TIMESTAMP,
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    false,
)

METADATA = MetaData(
    # Constraints that have a name can be changed by a later migration on either database.
    naming_convention={
        "ix": "ix_%(table_name)s__%(column_0_N_name)s",
        "uq": "uq_%(table_name)s__%(column_0_N_name)s",
        "fk": "fk_%(table_name)s__%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Not Alembic's own name, so that the store may share a database with MLflow, which uses that.
VERSION_TABLE = "store_version"

# DuckDB takes SQLite's BOOLEAN for text, and then refuses the numbers it finds there.
_TRUTH = Boolean().with_variant(Integer, "sqlite")

REQUEST_LOGS = Table(
    "request_logs",
    METADATA,
    Column("request_id", String(36), primary_key=True),
    Column("timestamp", TIMESTAMP, nullable=False),
    Column("user_id", BigInteger),
    Column("endpoint", Text, nullable=False),
    Column("model_version", Text),
    Column("recommendations", Text),
    Column("scores", Text),
    Column("latency_ms", Double, nullable=False),
    Column("status", Integer, nullable=False),
    Column("is_fallback", _TRUTH),
    Column("fallback_reason", Text),
    Column("k", Integer),
    Column("filters", Text),
    Column("strategy", Text),
    Column("unknown_movie_id", BigInteger),
    Column("propensities", Text),
    Column("worker", Integer, nullable=False),
    Column("request", Text),
    # The default is for rows from before, and for servers that are a version behind.
    Column("is_simulated", _TRUTH, nullable=False, server_default=false()),
    Column("greedy", Text),
    Index(None, "timestamp"),
)
