"""What the exchange leaves to a person: two values of one thing.

conflict  待定  two values, one of which stands by time; both are kept
decision  定    keep what stands, bring the other back, or nothing to do
"""

from flask import Blueprint

bp = Blueprint("reviews", __name__)
