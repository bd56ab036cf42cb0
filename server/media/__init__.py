"""Photos: proof of a problem, never of presence.

photo      照片    one picture of a report, known by the SHA-256 of the bytes its sender had
door       门      the one way in: redrawn from pixels, or refused with a reason
full       原大    1600 px JPEG, as stored; thumb (缩略图) is its 400 px sister
part       一段    the beginning of a photo that is still on its way
"""

from flask import Blueprint

bp = Blueprint("media", __name__)
