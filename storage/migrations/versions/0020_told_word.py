"""Which word somebody was told of a case that they could help with, by which digest.

What was told before has no word, and so it ends.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("help_offer") as table:
        table.add_column(
            sa.Column("word", sa.String(), nullable=False, server_default="")
        )
        table.add_column(sa.Column("digest_id", _NUMBER, nullable=True))
        table.create_foreign_key(
            "fk_help_offer_digest_id", "digest", ["digest_id"], ["id"]
        )
    with op.batch_alter_table("help_offer") as table:
        table.alter_column("word", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("help_offer") as table:
        table.drop_constraint("fk_help_offer_digest_id", type_="foreignkey")
        table.drop_column("digest_id")
        table.drop_column("word")
