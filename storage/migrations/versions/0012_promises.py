"""Promises of the next contact, and cases put first."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_MOMENTS = (
    "promise_made_at",
    "promise_due_at",
    "promise_said_at",
    "promise_late_at",
    "urgent_until",
)
_PEOPLE = ("promised_by_id", "urgent_by_id")
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("activity") as table:
        for name in _MOMENTS:
            table.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
        for name in _PEOPLE:
            table.add_column(sa.Column(name, _NUMBER, nullable=True))
            table.create_foreign_key(f"fk_activity_{name}", "person", [name], ["id"])
        table.add_column(
            sa.Column("promise_moves", sa.Integer(), nullable=False, server_default="0")
        )
        table.add_column(
            sa.Column("urgent_why", sa.String(), nullable=False, server_default="")
        )
    # What was promised before is looked at when it is due; what is late was told.
    op.execute(
        "UPDATE activity SET promise_due_at = promised_at"
        " WHERE promised_at > CURRENT_TIMESTAMP"
    )
    due = sa.text("promise_due_at IS NOT NULL")
    op.create_index(
        "ix_activity_promise_due_at",
        "activity",
        ["promise_due_at"],
        sqlite_where=due,
        postgresql_where=due,
    )
    op.add_column(
        "event",
        sa.Column(
            "is_promise", sa.Boolean(), nullable=False, server_default=sa.false()
        ),
    )


def downgrade() -> None:
    op.drop_column("event", "is_promise")
    op.drop_index("ix_activity_promise_due_at", "activity")
    with op.batch_alter_table("activity") as table:
        for name in _PEOPLE:
            table.drop_constraint(f"fk_activity_{name}", type_="foreignkey")
        for name in ("urgent_why", "promise_moves", *_PEOPLE, *_MOMENTS):
            table.drop_column(name)
