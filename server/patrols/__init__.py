"""Rounds and what was seen on them.

patrol     巡查      one steward walked one place in one period
period     时段      early, midday, evening; hours are data
round      一趟      a planned patrol: place × period × day; its state is computed from what came in
checklist  清单      what to look at, with its version
item       要看的    one line of a checklist, written as it should be
mark       好/有问题/没看到
tally      顺手做的  dissuaded, explained, tidied, rang, helped
excuse     去不了    a reason; no proof
late       补走      outside the window, counted apart
"""

from flask import Blueprint

bp = Blueprint("patrols", __name__)
