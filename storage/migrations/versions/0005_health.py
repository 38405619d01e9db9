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
        table.add_column(sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "refusal",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", "kind", name="pk_refusal"),
    )
    op.create_table(
        "domain_health",
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("broken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("again_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("domain", name="pk_domain_health"),
    )


def downgrade() -> None:
    op.drop_table("domain_health")
    op.drop_table("refusal")
    with op.batch_alter_table("address_health") as table:
        table.drop_column("due_at")
        table.drop_column("probes")
        table.drop_column("bounces")
