"""tasks of the worker, and how far its journal is"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'


def upgrade() -> None:
    op.create_table('tasks',
    sa.Column('name', sa.String(length=20), nullable=False),
    sa.Column('done_at', sa.BigInteger(), nullable=False),
    sa.Column('tried_at', sa.BigInteger(), nullable=False),
    sa.Column('failure', sa.String(length=200), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('details', sa.Text(), nullable=False),
    sa.Column('holder', sa.String(length=36), nullable=False),
    sa.Column('held_until', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_tasks'))
    )
    op.create_table('journal_marks',
    sa.Column('community_id', sa.String(length=36), nullable=False),
    sa.Column('hlc', sa.BigInteger(), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('community_id', name=op.f('pk_journal_marks'))
    )


def downgrade() -> None:
    op.drop_table('journal_marks')
    op.drop_table('tasks')
