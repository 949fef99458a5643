"""The request log."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make ``request_logs``."""
    op.create_table(
        "request_logs",
        sa.Column("request_id", sa.String(36), nullable=False),
        sa.Column("timestamp", sa.TIMESTAMP, nullable=False),
        sa.Column("user_id", sa.BigInteger),
        sa.Column("endpoint", sa.Text, nullable=False),
        sa.Column("model_version", sa.Text),
        sa.Column("recommendations", sa.Text),
        sa.Column("scores", sa.Text),
        sa.Column("latency_ms", sa.Double, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("is_fallback", sa.Boolean().with_variant(sa.Integer, "sqlite")),
        sa.Column("fallback_reason", sa.Text),
        sa.Column("k", sa.Integer),
        sa.Column("filters", sa.Text),
        sa.Column("strategy", sa.Text),
        sa.Column("unknown_movie_id", sa.BigInteger),
        sa.Column("propensities", sa.Text),
        sa.Column("worker", sa.Integer, nullable=False),
        sa.Column("request", sa.Text),
        sa.PrimaryKeyConstraint("request_id", name="pk_request_logs"),
    )
    op.create_index("ix_request_logs__timestamp", "request_logs", ["timestamp"])


def downgrade() -> None:
    """Drop ``request_logs`` with its rows."""
    op.drop_table("request_logs")
