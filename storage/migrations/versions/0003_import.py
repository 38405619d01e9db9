"""Imports of old mail: how far each has come, and ids that are only referred to."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Row numbers: SQLite wants INTEGER for a rowid.
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "import_run",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("desk", sa.String(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("position", sa.String(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_import_run"),
        sa.UniqueConstraint("source", "desk", name="uq_import_run_source_desk"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "import_reference",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("activity_id", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name="fk_import_reference_activity_id"
        ),
        sa.PrimaryKeyConstraint("message_id", name="pk_import_reference"),
    )
    op.create_index(
        "ix_import_reference_activity",
        "import_reference",
        ["activity_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("import_reference")
    op.drop_table("import_run")
