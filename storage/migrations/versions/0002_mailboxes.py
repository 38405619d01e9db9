"""IMAP mailboxes that are watched, and which of their mails were fetched."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Row numbers: SQLite wants INTEGER for a rowid.
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "mailbox",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("uidvalidity", NUMBER, nullable=True),
        sa.Column("first_uid", NUMBER, nullable=False),
        sa.Column("seen_uid", NUMBER, nullable=False),
        sa.Column("taken_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.String(), nullable=False),
        sa.Column("trouble_since", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_mailbox"),
        sa.UniqueConstraint("name", name="uq_mailbox_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "fetched",
        sa.Column("mailbox_id", NUMBER, nullable=False),
        sa.Column("uidvalidity", NUMBER, nullable=False),
        sa.Column("uid", NUMBER, nullable=False),
        sa.Column("inbound_id", NUMBER, nullable=False),
        sa.Column("todo", sa.String(24), nullable=False),
        sa.ForeignKeyConstraint(
            ["inbound_id"], ["inbound.id"], name="fk_fetched_inbound_id"
        ),
        sa.ForeignKeyConstraint(
            ["mailbox_id"], ["mailbox.id"], name="fk_fetched_mailbox_id"
        ),
        sa.PrimaryKeyConstraint("mailbox_id", "uidvalidity", "uid", name="pk_fetched"),
    )
    op.create_index("ix_fetched_inbound", "fetched", ["inbound_id"], unique=False)
    op.create_index(
        "ix_fetched_todo",
        "fetched",
        ["mailbox_id", "uidvalidity", "uid"],
        unique=False,
        sqlite_where=sa.text("todo != 'nothing'"),
        postgresql_where=sa.text("todo != 'nothing'"),
    )


def downgrade() -> None:
    op.drop_table("fetched")
    op.drop_table("mailbox")
