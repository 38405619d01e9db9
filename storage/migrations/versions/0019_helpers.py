"""Who wants to hear of cases that they could help with, and of which they heard."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "helper",
        sa.Column("person_id", _NUMBER, nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_helper_person_id"
        ),
        sa.PrimaryKeyConstraint("person_id", name="pk_helper"),
    )
    op.create_table(
        "help_offer",
        sa.Column("person_id", _NUMBER, nullable=False),
        sa.Column("activity_id", _NUMBER, nullable=False),
        sa.Column("told_at", _MOMENT, nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_help_offer_person_id"
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name="fk_help_offer_activity_id"
        ),
        sa.PrimaryKeyConstraint("person_id", "activity_id", name="pk_help_offer"),
    )


def downgrade() -> None:
    op.drop_table("help_offer")
    op.drop_table("helper")
