"""What people tell of themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("person") as table:
        for name, empty in (("skills", "[]"), ("proposed", "{}")):
            table.add_column(
                sa.Column(name, sa.JSON(), nullable=False, server_default=empty)
            )
        table.add_column(
            sa.Column("about", sa.String(), nullable=False, server_default="")
        )
        table.add_column(sa.Column("away_until", sa.Date(), nullable=True))
        table.add_column(
            sa.Column(
                "away_by_note", sa.Boolean(), nullable=False, server_default=sa.false()
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("person") as table:
        for name in ("away_by_note", "away_until", "about", "proposed", "skills"):
            table.drop_column(name)
