"""What a request log row says of its clock, and of what exploration took the place of."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add ``is_simulated`` and ``greedy``; rows from before are real and deterministic."""
    truth = sa.Boolean().with_variant(sa.Integer, "sqlite")
    op.add_column(
        "request_logs",
        sa.Column("is_simulated", truth, nullable=False, server_default=sa.false()),
    )
    op.add_column("request_logs", sa.Column("greedy", sa.Text))


def downgrade() -> None:
    """Drop both columns."""
    op.drop_column("request_logs", "greedy")
    op.drop_column("request_logs", "is_simulated")
