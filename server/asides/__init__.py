"""Changes that are kept and not taken, until a person has looked at them.

parked       先存着  kept aside because it cannot be judged here and now
quarantined  待核对  came after the phone was reported lost
release      记入    judge it again, as its author's and at its own time
discard      不记    leave it out; it stays in custody, and who left it out is known
"""

from flask import Blueprint

bp = Blueprint("asides", __name__)
