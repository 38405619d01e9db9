"""People who are signed in, and those who were forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("person") as table:
        table.add_column(sa.Column("forgotten_at", _MOMENT, nullable=True))
    op.create_table(
        "sign_in",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("address_mac", sa.String(), nullable=False),
        sa.Column("network_mac", sa.String(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("return_to", sa.String(), nullable=False),
        sa.Column("person_id", _NUMBER, nullable=True),
        sa.Column("used_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_sign_in_person_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sign_in_address", "sign_in", ["address_mac", "asked_at"])
    op.create_index("ix_sign_in_network", "sign_in", ["network_mac", "asked_at"])
    op.create_index("ix_sign_in_asked_at", "sign_in", ["asked_at"])
    op.create_table(
        "web_session",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("person_id", _NUMBER, nullable=False),
        sa.Column("key_hash", sa.String(), nullable=False),
        sa.Column("began_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_web_session_person_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_web_session"),
        sa.UniqueConstraint("key_hash", name="uq_web_session_key_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_web_session_person", "web_session", ["person_id"])


def downgrade() -> None:
    op.drop_table("web_session")
    op.drop_table("sign_in")
    with op.batch_alter_table("person") as table:
        table.drop_column("forgotten_at")
