"""Cases at the desk: what is in hand, until when, and the next step.

list        在办      what somebody still has to do, the soonest due first
step        下一步    given out, in hand, waiting, consultation, done, verified, closed
correction  更正      owner, due date, level or answer; the old value stays readable
"""

from flask import Blueprint

bp = Blueprint("casework", __name__)
