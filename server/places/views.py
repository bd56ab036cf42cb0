"""Choosing a lane: by community, by name, by what stands on its plate."""

from __future__ import annotations

from flask import Response, request

from server.database import db
from server.pages import for_everybody, page
from server.permissions import permit
from server.places import bp
from server.places.models import Community, Place


@bp.get("/")
@permit("concern.create")
def index() -> Response:
    """A community, then a lane; or what somebody is looking for."""
    if asked := request.args.get("q", "").strip()[:60]:
        found = db.session.scalars(Place.named(asked)).all()
        return page("places/index.html", asked=asked, places=found)
    communities = db.session.execute(Community.with_counts()).all()
    wanted = request.args.get("community", "")
    for community, _n in communities:
        if community.plate_prefix == wanted or len(communities) == 1:
            places = db.session.scalars(Place.of_community(community.id)).all()
            return for_everybody(page("places/index.html", community=community, places=places))
    return for_everybody(page("places/index.html", communities=communities))
