"""Tags, and themes that customers ask for."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "tag",
        sa.Column("activity_id", _NUMBER, nullable=False, autoincrement=False),
        sa.Column("word", sa.String(40), nullable=False),
        sa.Column("by_id", _NUMBER, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name="fk_tag_activity_id"
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name="fk_tag_by_id"),
        sa.PrimaryKeyConstraint("activity_id", "word", name="pk_tag"),
    )
    op.create_index("ix_tag_word", "tag", ["word", "at"])
    op.create_table(
        "theme",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("desk_id", _NUMBER, nullable=False),
        sa.Column("word", sa.String(40), nullable=False),
        sa.Column("status", sa.String(24), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("owner_id", _NUMBER, nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name="fk_theme_desk_id"),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name="fk_theme_owner_id"),
        sa.PrimaryKeyConstraint("id", name="pk_theme"),
        sa.UniqueConstraint("desk_id", "word", name="uq_theme_word"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "theme_told",
        sa.Column("theme_id", _NUMBER, nullable=False, autoincrement=False),
        sa.Column("status", sa.String(24), nullable=False),
        sa.Column("person_id", _NUMBER, nullable=False, autoincrement=False),
        sa.Column("event_id", _NUMBER, nullable=False),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["theme.id"], name="fk_theme_told_theme_id"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_theme_told_person_id"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name="fk_theme_told_event_id"
        ),
        sa.PrimaryKeyConstraint(
            "theme_id", "status", "person_id", name="pk_theme_told"
        ),
    )


def downgrade() -> None:
    op.drop_table("theme_told")
    op.drop_table("theme")
    op.drop_table("tag")
