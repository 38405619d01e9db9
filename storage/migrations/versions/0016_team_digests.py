"""Digests of the team and of customers.

One that tells no posts has an empty range, of which there may be several in a row.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_KEY = ["person_id", "desk_id", "kind", "range_lo"]
_NOT_EMPTY = sa.text("range_hi > range_lo")


def upgrade() -> None:
    with op.batch_alter_table("digest") as table:
        table.drop_constraint("uq_digest_range_lo", type_="unique")
    op.create_index(
        "uq_digest_range",
        "digest",
        _KEY,
        unique=True,
        sqlite_where=_NOT_EMPTY,
        postgresql_where=_NOT_EMPTY,
    )


def downgrade() -> None:
    op.drop_index("uq_digest_range", "digest")
    op.execute("DELETE FROM digest WHERE range_hi <= range_lo")
    with op.batch_alter_table("digest") as table:
        table.create_unique_constraint("uq_digest_range_lo", _KEY)
