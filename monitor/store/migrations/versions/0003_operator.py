"""What the operator heard of each source, and polls by time."""

import sqlalchemy as sa
from alembic import op

from monitor.store.tables import Moment

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "told",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("source"),
    )
    op.create_index("polls_by_time", "polls", ["at"], unique=False)
