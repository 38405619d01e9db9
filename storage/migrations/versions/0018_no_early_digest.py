"""No column for a digest that comes early: what needs somebody goes at once."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("person_schedule") as table:
        table.drop_column("batch_max")


def downgrade() -> None:
    with op.batch_alter_table("person_schedule") as table:
        table.add_column(sa.Column("batch_max", sa.Integer(), nullable=True))
