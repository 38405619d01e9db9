"""What time has done, until when a held mail waits, and who was told of it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", "slot", name="pk_job"),
    )
    op.create_table(
        "held",
        sa.Column("inbound_id", _NUMBER, nullable=False, autoincrement=False),
        sa.Column("desk", sa.String(), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_quiet", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["inbound_id"], ["inbound.id"], name="fk_held_inbound_id"
        ),
        sa.PrimaryKeyConstraint("inbound_id", name="pk_held"),
    )
    op.create_index("ix_held_desk", "held", ["desk"])
    op.create_table(
        "notice",
        sa.Column("inbound_id", _NUMBER, nullable=False),
        sa.Column("delivery_id", _NUMBER, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["inbound_id"], ["inbound.id"], name="fk_notice_inbound_id"
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name="fk_notice_delivery_id"
        ),
        sa.PrimaryKeyConstraint("inbound_id", "delivery_id", name="pk_notice"),
    )


def downgrade() -> None:
    op.drop_table("notice")
    op.drop_table("held")
    op.drop_table("job")
