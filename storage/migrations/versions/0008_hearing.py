"""What each person wants to hear, whose posts they ignore, who stands in for them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column(
        "person", sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("person", sa.Column("deputy_id", _NUMBER, nullable=True))
    op.add_column(
        "person", sa.Column("ignores", sa.JSON(), nullable=False, server_default="[]")
    )
    op.add_column(
        "participant", sa.Column("heard_before", sa.String(length=24), nullable=True)
    )
    op.add_column(
        "event",
        sa.Column("is_thanks", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    op.drop_column("event", "is_thanks")
    op.drop_column("participant", "heard_before")
    op.drop_column("person", "ignores")
    op.drop_column("person", "deputy_id")
    op.drop_column("person", "paused_until")
