"""A day of rounds: place by period, from the records.

logbook   记录本  one day, one page
slot      一趟    a planned round and what became of it; computed, never stored
"""

from flask import Blueprint

bp = Blueprint("logbook", __name__)
