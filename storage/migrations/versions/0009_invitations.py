"""Invitations that are reminded of, remembered and bounded."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("activity") as table:
        table.add_column(
            sa.Column(
                "owner_invites", sa.Boolean(), nullable=False, server_default=sa.false()
            )
        )
    with op.batch_alter_table("participant") as table:
        table.add_column(
            sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True)
        )
        table.add_column(
            sa.Column(
                "with_history", sa.Boolean(), nullable=False, server_default=sa.false()
            )
        )
    unanswered = sa.text("membership = 'invited' AND reminded_at IS NULL")
    op.create_index(
        "ix_participant_unanswered",
        "participant",
        ["changed_at"],
        sqlite_where=unanswered,
        postgresql_where=unanswered,
    )


def downgrade() -> None:
    op.drop_index("ix_participant_unanswered", "participant")
    # An older program would let a consulted colleague speak to everybody.
    op.execute(
        "UPDATE participant SET role = 'colleague', in_team_lane = false,"
        " membership = 'left' WHERE role = 'consulted'"
    )
    with op.batch_alter_table("participant") as table:
        table.drop_column("with_history")
        table.drop_column("reminded_at")
    with op.batch_alter_table("activity") as table:
        table.drop_column("owner_invites")
