"""What each page gave in figures, so that a changed layout is noticed."""

import sqlalchemy as sa
from alembic import op

from monitor.store.tables import Moment

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the table; a source's history begins with the next page that is read."""
    op.create_table(
        "vitals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("titled", sa.Boolean(), nullable=False),
        sa.Column("dated", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("vitals_by_source", "vitals", ["source", "id"], unique=False)
