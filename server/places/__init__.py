"""Where things are.

Subdistrict: 街道. Community: 社区, the unit of everything else. Grid: 网格, a part of a community.
Place: a lane, compound or building with a plate. Assignment: whose place it is, from when to when.
"""

from flask import Blueprint

bp = Blueprint("places", __name__)
