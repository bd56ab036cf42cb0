"""Believable things for tests: every argument optional, always the same, nothing saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy.orm import Session

from server.accounts.models import Credential, Member, plain_name
from server.accounts.rules import hash_password
from server.places.models import (
    Community,
    Grid,
    Place,
    PlaceAssignment,
    Subdistrict,
    line_json,
)
from server.starting import found

NOW = 1_780_034_400_000  # 29 May 2026, 14:00 in Shanghai
PASSWORD = "persimmons in autumn"
_password_hash = hash_password(PASSWORD)


def id_of(name: str) -> str:
    """An id that a name always has."""
    return str(uuid5(NAMESPACE_URL, name))


def subdistrict(name: str = "柿树街道") -> Subdistrict:
    return Subdistrict(
        id=id_of(name), name=name, latin_name="Persimmon Tree", city="北岸市", phone="0000 555 0900"
    )


def community(
    name: str = "石桥社区",
    *,
    prefix: str = "SQ",
    subdistrict_id: str = "",
    phone: str = "0000 555 0901",
) -> Community:
    return Community(
        id=id_of(name),
        subdistrict_id=subdistrict_id or id_of("柿树街道"),
        name=name,
        latin_name="Stone Bridge",
        zone="Asia/Shanghai",
        plate_prefix=prefix,
        phone=phone,
        latitude=25.9,
        longitude=117.4,
    )


def grid(community_id: str = "", name: str = "第一网格") -> Grid:
    community_id = community_id or id_of("石桥社区")
    return Grid(
        community_id=community_id,
        id=id_of(community_id + name),
        name=name,
        latin_name="Grid 1",
    )


def place(
    name: str = "打铁巷",
    *,
    plate: str = "SQ-L01",
    community_id: str = "",
    grid_id: str = "",
    kind: str = "lane",
    households: int = 42,
    line: Sequence[Sequence[float]] = ((0, 0), (60, 8), (120, 0)),
) -> Place:
    community_id = community_id or id_of("石桥社区")
    return Place(
        community_id=community_id,
        id=id_of(plate),
        grid_id=grid_id or id_of(community_id + "第一网格"),
        kind=kind,
        name=name,
        latin_name="Blacksmiths' Lane",
        plate=plate,
        households=households,
        line_json=line_json(line),
    )


def member(
    name: str = "田秀英",
    *,
    role: str = "steward",
    community_id: str = "",
    phone: str = "0000 555 0911",
    demo_sign_in: bool = False,
) -> Member:
    community_id = community_id or id_of("石桥社区")
    return Member(
        community_id=community_id,
        id=id_of(community_id + name),
        name=name,
        role=role,
        phone=phone,
        language="",
        demo_sign_in=demo_sign_in,
    )


def credential(of: Member) -> Credential:
    """The password of a member is `PASSWORD`."""
    return Credential(
        community_id=of.community_id,
        member_id=of.id,
        sign_in_name=plain_name(of.name),
        password_hash=_password_hash,
    )


def assignment(
    of: Place, to: Member, *, from_at: int = 0, until_at: int | None = None
) -> PlaceAssignment:
    return PlaceAssignment(
        community_id=of.community_id,
        member_id=to.id,
        place_id=of.id,
        from_at=from_at,
        until_at=until_at,
    )


@dataclass
class Town:
    """One subdistrict with what most stories need, and a second community as noise."""

    subdistrict: Subdistrict
    community: Community
    other_community: Community
    lane: Place
    other_lane: Place
    far_lane: Place  # in the other community
    steward: Member
    other_steward: Member  # has the other lane
    far_steward: Member
    coordinator: Member
    far_coordinator: Member
    committee_member: Member
    officer: Member

    def by_role(self, role: str) -> Member:
        found: Member = getattr(self, role)
        return found


def town(session: Session) -> Town:
    """A small town, saved: stewards with a lane each, staff with passwords."""
    street = subdistrict()
    here = community(subdistrict_id=street.id)
    there = community("柳岸社区", prefix="LA", subdistrict_id=street.id, phone="0000 555 0902")
    session.add_all([street, here, there])
    session.flush()
    session.add_all([grid(here.id), grid(there.id)])
    session.flush()
    made = Town(
        subdistrict=street,
        community=here,
        other_community=there,
        lane=place(),
        other_lane=place("竹篮巷", plate="SQ-L02", line=[[0, 200], [120, 200]]),
        far_lane=place("渡船巷", plate="LA-L01", community_id=there.id),
        steward=member("田秀英"),
        other_steward=member("马长顺"),
        far_steward=member("金月娥", community_id=there.id),
        coordinator=member("方敏", role="coordinator"),
        far_coordinator=member("石磊", role="coordinator", community_id=there.id),
        committee_member=member("龙玉珍", role="committee_member"),
        officer=member("江海涛", role="officer", community_id=street.id),
    )
    people = [made.steward, made.other_steward, made.far_steward]
    staff = [made.coordinator, made.far_coordinator, made.committee_member, made.officer]
    session.add_all([made.lane, made.other_lane, made.far_lane, *people, *staff])
    session.flush()
    session.add_all(credential(person) for person in staff)
    for one in (here, there):
        found(session, one.id)
    lanes = [made.lane, made.other_lane, made.far_lane]
    session.add_all(assignment(lane, to) for lane, to in zip(lanes, people, strict=True))
    return made
