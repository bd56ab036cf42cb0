"""months of changes on PostgreSQL, and marks of the counter"""

import sqlalchemy as sa
from alembic import op

from server import clock
from server.exchange.months import AHEAD, OTHER, month_after, month_of, part

revision = '0003'
down_revision = '0002'

KEY = 'community_id, received_month, device_id, n'
INDEXES = {
    'ix_changes_community_id_device_id_n': 'community_id, device_id, n',
    'ix_changes_community_id_about': 'community_id, about',
    'ix_changes_community_id_verdict': 'community_id, verdict',
}
BEFORE = 'changes_before'


def upgrade() -> None:
    op.create_table('seq_marks',
    sa.Column('community_id', sa.String(length=36), nullable=False),
    sa.Column('stream', sa.Integer(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('community_id', 'stream', 'at', name=op.f('pk_seq_marks'))
    )
    if op.get_bind().dialect.name == 'postgresql':
        part_by_month()


def part_by_month() -> None:
    """What is there becomes the first part as it lies, without a copy; months begin after it."""
    op.execute(f'ALTER TABLE changes RENAME TO {BEFORE}')
    op.execute(f'ALTER TABLE {BEFORE} RENAME CONSTRAINT pk_changes TO pk_{BEFORE}')
    for name in INDEXES:
        op.execute(f'ALTER INDEX {name} RENAME TO {name.replace("changes", BEFORE)}')
    op.execute(
        f'CREATE TABLE changes (LIKE {BEFORE} INCLUDING DEFAULTS) '
        'PARTITION BY RANGE (received_month)'
    )
    _index()
    last = op.get_bind().scalar(sa.text(f'SELECT max(received_month) FROM {BEFORE}'))
    month = month_after(max(last or 0, month_of(clock.now())))
    op.execute(
        f'ALTER TABLE changes ATTACH PARTITION {BEFORE} FOR VALUES FROM (MINVALUE) TO ({month})'
    )
    op.execute(f'CREATE TABLE {OTHER} PARTITION OF changes DEFAULT')
    for later in range(AHEAD):
        op.execute(part(month_after(month, later)))


def _index() -> None:
    op.execute(f'ALTER TABLE changes ADD CONSTRAINT pk_changes PRIMARY KEY ({KEY})')
    for name, columns in INDEXES.items():
        op.execute(f'CREATE INDEX {name} ON changes ({columns})')


def downgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.execute('CREATE TABLE changes_again (LIKE changes INCLUDING DEFAULTS)')
        op.execute('INSERT INTO changes_again SELECT * FROM changes')
        op.execute('DROP TABLE changes')
        op.execute('ALTER TABLE changes_again RENAME TO changes')
        _index()
    op.drop_table('seq_marks')
