"""The first schema: people, activities, what happened, mail in and mail out."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Row numbers: SQLite wants INTEGER for a rowid.
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "address_health",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_address_health"),
    )
    op.create_table(
        "desk",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_desk"),
        sa.UniqueConstraint("address", name="uq_desk_address"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "inbound",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("door", sa.String(), nullable=False),
        sa.Column("peer", sa.String(), nullable=False),
        sa.Column("trusted", sa.Boolean(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("recipients", sa.JSON(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("settled_by", sa.String(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_by", sa.String(), nullable=False),
        sa.Column("thread_key", sa.String(), nullable=True),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_inbound"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_inbound_state", "inbound", ["state", "id"], unique=False)
    op.create_index("ix_inbound_digest", "inbound", ["digest"], unique=False)
    op.create_index("ix_inbound_thread", "inbound", ["thread_key", "id"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("is_staff", sa.Boolean(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("never_invite", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "activity",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("desk_id", NUMBER, nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("customer_id", NUMBER, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("turn", sa.String(24), nullable=False),
        sa.Column("owner_id", NUMBER, nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("promised_day_only", sa.Boolean(), nullable=False),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("redirect_id", NUMBER, nullable=True),
        sa.Column("linked_id", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["person.id"], name="fk_activity_customer_id"
        ),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name="fk_activity_desk_id"),
        sa.ForeignKeyConstraint(
            ["linked_id"], ["activity.id"], name="fk_activity_linked_id"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["person.id"], name="fk_activity_owner_id"
        ),
        sa.ForeignKeyConstraint(
            ["redirect_id"], ["activity.id"], name="fk_activity_redirect_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_activity"),
        sa.UniqueConstraint("public_id", name="uq_activity_public_id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_activity_customer", "activity", ["customer_id", "opened_at"], unique=False
    )
    op.create_table(
        "person_address",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("written", sa.String(), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_person_address_person_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_person_address"),
        sa.UniqueConstraint("key", name="uq_person_address_key"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_person_address_person", "person_address", ["person_id"], unique=False
    )
    op.create_table(
        "event",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("activity_id", NUMBER, nullable=False),
        sa.Column("lane", sa.String(24), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("actor_id", NUMBER, nullable=True),
        sa.Column("door", sa.String(), nullable=False),
        sa.Column("proof", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("inbound_id", NUMBER, nullable=True),
        sa.Column("subject_id", NUMBER, nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name="fk_event_activity_id"
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name="fk_event_actor_id"),
        sa.ForeignKeyConstraint(
            ["inbound_id"], ["inbound.id"], name="fk_event_inbound_id"
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["person.id"], name="fk_event_subject_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_event_activity", "event", ["activity_id", "id"], unique=False)
    op.create_index(
        "ix_event_actor", "event", ["actor_id", "received_at"], unique=False
    )
    op.create_index(
        "ix_event_subject", "event", ["subject_id", "received_at"], unique=False
    )
    op.create_table(
        "participant",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("activity_id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("role", sa.String(24), nullable=False),
        sa.Column("membership", sa.String(24), nullable=False),
        sa.Column("in_team_lane", sa.Boolean(), nullable=False),
        sa.Column("hearing", sa.String(24), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("invited_by_id", NUMBER, nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("since_event_id", NUMBER, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unsaid", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name="fk_participant_activity_id"
        ),
        sa.ForeignKeyConstraint(
            ["invited_by_id"], ["person.id"], name="fk_participant_invited_by_id"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_participant_person_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_participant"),
        sa.UniqueConstraint(
            "activity_id", "person_id", name="uq_participant_activity_id_person_id"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_participant_person", "participant", ["person_id"], unique=False)
    op.create_table(
        "question",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("asking", sa.String(24), nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("inbound_id", NUMBER, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("activity_id", NUMBER, nullable=True),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name="fk_question_activity_id"
        ),
        sa.ForeignKeyConstraint(
            ["inbound_id"], ["inbound.id"], name="fk_question_inbound_id"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_question_person_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_question"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_question_inbound", "question", ["inbound_id"], unique=False)
    op.create_table(
        "alias",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("activity_id", NUMBER, nullable=False),
        sa.Column("event_id", NUMBER, nullable=False),
        sa.Column("lane", sa.String(24), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("body_hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name="fk_alias_activity_id"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_alias_event_id"),
        sa.PrimaryKeyConstraint("id", name="pk_alias"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alias_message_id", "alias", ["message_id"], unique=False)
    op.create_index("ix_alias_sender", "alias", ["sender", "body_hash"], unique=False)
    op.create_table(
        "letter",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("placeholder", sa.String(), nullable=False),
        sa.Column("return_path", sa.String(), nullable=False),
        sa.Column("activity_id", NUMBER, nullable=True),
        sa.Column("event_id", NUMBER, nullable=True),
        sa.Column("lane", sa.String(24), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name="fk_letter_activity_id"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_letter_event_id"),
        sa.PrimaryKeyConstraint("id", name="pk_letter"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_letter_activity", "letter", ["activity_id"], unique=False)
    op.create_index("ix_letter_kind", "letter", ["kind", "made_at"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("letter_id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("activity_id", NUMBER, nullable=True),
        sa.Column("token_number", NUMBER, nullable=True),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("null_sender", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_by", sa.String(), nullable=False),
        sa.Column("last_reply", sa.String(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name="fk_delivery_activity_id"
        ),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letter.id"], name="fk_delivery_letter_id"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_delivery_person_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_delivery_due",
        "delivery",
        ["priority", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('waiting', 'leased')"),
        postgresql_where=sa.text("state IN ('waiting', 'leased')"),
    )
    op.create_index("ix_delivery_letter", "delivery", ["letter_id"], unique=False)
    op.create_index(
        "ix_delivery_order",
        "delivery",
        ["person_id", "activity_id", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('waiting', 'leased')"),
        postgresql_where=sa.text("state IN ('waiting', 'leased')"),
    )
    op.create_table(
        "ledger",
        sa.Column("event_id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("outcome", sa.String(24), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivery_id", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name="fk_ledger_delivery_id"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_ledger_event_id"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_ledger_person_id"
        ),
        sa.PrimaryKeyConstraint("event_id", "person_id", name="pk_ledger"),
    )
    op.create_index(
        "ix_ledger_person", "ledger", ["person_id", "event_id"], unique=False
    )


def downgrade() -> None:
    for table in (
        "ledger",
        "delivery",
        "letter",
        "alias",
        "question",
        "participant",
        "event",
        "person_address",
        "activity",
        "person",
        "inbound",
        "desk",
        "address_health",
    ):
        op.drop_table(table)
