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
    with op.batch_alter_table("participant") as table:
        table.add_column(
            sa.Column(
                "moved_to_id",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                nullable=True,
            )
        )
        table.create_foreign_key(
            "fk_participant_moved_to_id",
            "participant",
            ["moved_to_id"],
            ["id"],
        )


def downgrade() -> None:
    with op.batch_alter_table("participant") as table:
        table.drop_constraint("fk_participant_moved_to_id", type_="foreignkey")
        table.drop_column("moved_to_id")
    with op.batch_alter_table("person") as table:
        for name in ("away_by_note", "away_until", "about", "proposed", "skills"):
            table.drop_column(name)
