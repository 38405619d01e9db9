"""Questions about more than held mail, blocked senders, merged activities."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Row numbers: SQLite wants INTEGER for a rowid.
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("question") as table:
        table.alter_column("inbound_id", existing_type=NUMBER, nullable=True)
        table.add_column(sa.Column("event_id", NUMBER, nullable=True))
        table.create_foreign_key("fk_question_event_id", "event", ["event_id"], ["id"])
    with op.batch_alter_table("activity") as table:
        table.add_column(
            sa.Column("merged", sa.JSON(), nullable=False, server_default="[]")
        )
    op.create_table(
        "blocked_sender",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("blocked_by_id", NUMBER, nullable=False),
        sa.Column("activity_id", NUMBER, nullable=True),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["blocked_by_id"], ["person.id"], name="fk_blocked_sender_blocked_by_id"
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name="fk_blocked_sender_activity_id"
        ),
        sa.PrimaryKeyConstraint("key", name="pk_blocked_sender"),
    )


def downgrade() -> None:
    op.drop_table("blocked_sender")
    with op.batch_alter_table("activity") as table:
        table.drop_column("merged")
    # An older program cannot ask what is not about a held mail.
    op.execute("DELETE FROM question WHERE inbound_id IS NULL")
    with op.batch_alter_table("question") as table:
        table.drop_constraint("fk_question_event_id", type_="foreignkey")
        table.drop_column("event_id")
        table.alter_column("inbound_id", existing_type=NUMBER, nullable=False)
