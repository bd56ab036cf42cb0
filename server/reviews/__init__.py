"""What the exchange leaves to a person: two values of one thing, and changes set aside.

conflict     待定    two values, one of which stands by time; both are kept
decision     定      keep what stands, bring the other back, or nothing to do
parked       先存着  kept aside because it cannot be judged here and now
quarantined  待核对  came after the phone was reported lost
release      记入    judge it again, as its author's and at its own time
discard      不记    leave it out; it stays in custody, and who left it out is known
"""

from flask import Blueprint

bp = Blueprint("reviews", __name__)
