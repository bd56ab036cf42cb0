"""first tables"""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None


def upgrade() -> None:
    op.create_table('members',
    sa.Column('community_id', sa.String(length=36), nullable=False),
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('role', sa.String(length=30), nullable=False),
    sa.Column('phone', sa.String(length=40), nullable=False),
    sa.Column('language', sa.String(length=10), nullable=False),
    sa.Column('demo_sign_in', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('community_id', 'id', name=op.f('pk_members'))
    )
    op.create_table('sign_in_tries',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('last_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_sign_in_tries'))
    )
    with op.batch_alter_table('sign_in_tries', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_in_tries_last_at'), ['last_at'], unique=False)

    op.create_table('subdistricts',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('latin_name', sa.String(length=80), nullable=False),
    sa.Column('city', sa.String(length=60), nullable=False),
    sa.Column('phone', sa.String(length=40), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subdistricts'))
    )
    op.create_table('communities',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('subdistrict_id', sa.String(length=36), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('latin_name', sa.String(length=80), nullable=False),
    sa.Column('zone', sa.String(length=40), nullable=False),
    sa.Column('plate_prefix', sa.String(length=8), nullable=False),
    sa.Column('phone', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['subdistrict_id'], ['subdistricts.id'], name=op.f('fk_communities_subdistrict_id_subdistricts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_communities')),
    sa.UniqueConstraint('plate_prefix', name=op.f('uq_communities_plate_prefix'))
    )
    with op.batch_alter_table('communities', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_communities_subdistrict_id'), ['subdistrict_id'], unique=False)

    op.create_table('credentials',
    sa.Column('community_id', sa.String(length=36), nullable=False),
    sa.Column('member_id', sa.String(length=36), nullable=False),
    sa.Column('sign_in_name', sa.String(length=60), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['community_id', 'member_id'], ['members.community_id', 'members.id'], name=op.f('fk_credentials_community_id_member_id_members')),
    sa.PrimaryKeyConstraint('community_id', 'member_id', name=op.f('pk_credentials'))
    )
    with op.batch_alter_table('credentials', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_credentials_sign_in_name'), ['sign_in_name'], unique=False)

    op.create_table('staff_sessions',
    sa.Column('community_id', sa.String(length=36), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('member_id', sa.String(length=36), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('last_used_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['community_id', 'member_id'], ['members.community_id', 'members.id'], name=op.f('fk_staff_sessions_community_id_member_id_members')),
    sa.PrimaryKeyConstraint('community_id', 'token_hash', name=op.f('pk_staff_sessions'))
    )
    op.create_table('grids',
    sa.Column('community_id', sa.String(length=36), nullable=False),
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('latin_name', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['community_id'], ['communities.id'], name=op.f('fk_grids_community_id_communities')),
    sa.PrimaryKeyConstraint('community_id', 'id', name=op.f('pk_grids'))
    )
    op.create_table('places',
    sa.Column('community_id', sa.String(length=36), nullable=False),
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('grid_id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('latin_name', sa.String(length=80), nullable=False),
    sa.Column('plate', sa.String(length=20), nullable=False),
    sa.Column('households', sa.Integer(), nullable=False),
    sa.Column('line', sa.String(length=2000), nullable=False),
    sa.ForeignKeyConstraint(['community_id', 'grid_id'], ['grids.community_id', 'grids.id'], name=op.f('fk_places_community_id_grid_id_grids')),
    sa.ForeignKeyConstraint(['community_id'], ['communities.id'], name=op.f('fk_places_community_id_communities')),
    sa.PrimaryKeyConstraint('community_id', 'id', name=op.f('pk_places')),
    sa.UniqueConstraint('community_id', 'plate', name=op.f('uq_places_community_id_plate'))
    )
    op.create_table('place_assignments',
    sa.Column('community_id', sa.String(length=36), nullable=False),
    sa.Column('member_id', sa.String(length=36), nullable=False),
    sa.Column('place_id', sa.String(length=36), nullable=False),
    sa.Column('from_at', sa.BigInteger(), nullable=False),
    sa.Column('until_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['community_id', 'member_id'], ['members.community_id', 'members.id'], name=op.f('fk_place_assignments_community_id_member_id_members')),
    sa.ForeignKeyConstraint(['community_id', 'place_id'], ['places.community_id', 'places.id'], name=op.f('fk_place_assignments_community_id_place_id_places')),
    sa.PrimaryKeyConstraint('community_id', 'member_id', 'place_id', 'from_at', name=op.f('pk_place_assignments'))
    )


def downgrade() -> None:
    op.drop_table('place_assignments')
    op.drop_table('places')
    op.drop_table('grids')
    op.drop_table('staff_sessions')
    with op.batch_alter_table('credentials', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_credentials_sign_in_name'))

    op.drop_table('credentials')
    with op.batch_alter_table('communities', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_communities_subdistrict_id'))

    op.drop_table('communities')
    op.drop_table('subdistricts')
    with op.batch_alter_table('sign_in_tries', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sign_in_tries_last_at'))

    op.drop_table('sign_in_tries')
    op.drop_table('members')
