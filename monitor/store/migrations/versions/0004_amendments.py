"""What became of articles after they were told: retractions, and edits that changed a figure."""

import sqlalchemy as sa
from alembic import op

from monitor.store.tables import Moment

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create them. Versions kept before this count as compared: nobody is told late of old edits."""
    op.create_table(
        "amendments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("message", sa.Integer(), nullable=True),
        sa.Column("since", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.id"]),
        sa.ForeignKeyConstraint(["message"], ["messages.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("article", "kind", "version", "recipient"),
    )
    op.create_index("amendments_pending", "amendments", ["recipient", "channel", "state"], unique=False)
    op.create_index("amendments_by_message", "amendments", ["message"], unique=False)
    op.add_column("versions", sa.Column("compared", sa.Boolean(), nullable=False, server_default=sa.true()))
