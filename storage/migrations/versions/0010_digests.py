"""Digests: who gets them when, and what each one told."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_UNTOLD = sa.text("outcome = 'digest' AND digest_id IS NULL")


def upgrade() -> None:
    op.create_table(
        "person_schedule",
        sa.Column("person_id", _NUMBER, nullable=False, autoincrement=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("every", sa.String(24), nullable=False),
        sa.Column("minute", sa.SmallInteger(), nullable=False),
        sa.Column("weekdays", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("quiet_from", sa.SmallInteger(), nullable=True),
        sa.Column("quiet_to", sa.SmallInteger(), nullable=True),
        sa.Column("batch_max", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_person_schedule_person_id"
        ),
        sa.PrimaryKeyConstraint("person_id", "kind", name="pk_person_schedule"),
    )
    op.create_table(
        "digest",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("person_id", _NUMBER, nullable=False),
        sa.Column("desk_id", _NUMBER, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("slot", sa.String(24), nullable=False),
        sa.Column("slot_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("range_lo", _NUMBER, nullable=False),
        sa.Column("range_hi", _NUMBER, nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("body_hash", sa.String(), nullable=False),
        sa.Column("question_id", _NUMBER, nullable=True),
        sa.Column("delivery_id", _NUMBER, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_digest_person_id"
        ),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name="fk_digest_desk_id"),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name="fk_digest_question_id"
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name="fk_digest_delivery_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_digest"),
        sa.UniqueConstraint(
            "person_id", "desk_id", "kind", "slot", name="uq_digest_slot"
        ),
        sa.UniqueConstraint(
            "person_id", "desk_id", "kind", "range_lo", name="uq_digest_range_lo"
        ),
        sa.UniqueConstraint("message_id", name="uq_digest_message_id"),
        sqlite_autoincrement=True,
    )
    op.add_column("letter", sa.Column("numbers", sa.JSON(), nullable=True))
    op.add_column("ledger", sa.Column("digest_id", _NUMBER, nullable=True))
    # What was put off while there were no digests is told by none: it is too old.
    op.execute("UPDATE ledger SET digest_id = 0 WHERE outcome = 'digest'")
    op.create_index(
        "ix_ledger_untold",
        "ledger",
        ["person_id", "event_id"],
        sqlite_where=_UNTOLD,
        postgresql_where=_UNTOLD,
    )


def downgrade() -> None:
    op.drop_index("ix_ledger_untold", "ledger")
    op.drop_column("ledger", "digest_id")
    op.drop_column("letter", "numbers")
    op.drop_table("digest")
    op.drop_table("person_schedule")
