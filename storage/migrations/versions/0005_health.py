"""The whole life of an address (mail-rules B2), complaints, domains that refuse."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("address_health") as table:
        table.add_column(
            sa.Column("bounces", sa.JSON(), nullable=False, server_default="[]")
        )
        table.add_column(
            sa.Column("probes", sa.Integer(), nullable=False, server_default="0")
        )
        for name in ("due_at", "missed_from", "tried_at"):
            table.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
        for name in ("retried", "refused"):
            table.add_column(
                sa.Column(name, sa.JSON(), nullable=False, server_default="[]")
            )
    # What an older program paused is probed like the rest, and its letters caught up.
    op.execute(
        "UPDATE address_health SET due_at = since, missed_from = since"
        " WHERE state = 'paused'"
    )
    op.create_table(
        "domain_health",
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("broken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("again_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trying", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("domain", name="pk_domain_health"),
    )


def downgrade() -> None:
    op.drop_table("domain_health")
    # An older program knows three states; who is given up is not written to either.
    op.execute(
        "UPDATE address_health SET state = 'paused' WHERE state IN ('probing', 'dead')"
    )
    with op.batch_alter_table("address_health") as table:
        for name in (
            "refused",
            "retried",
            "tried_at",
            "missed_from",
            "due_at",
            "probes",
            "bounces",
        ):
            table.drop_column(name)
