"""The steward's app: the personal pages of the pack.

today   今天  the places in care × three periods, and what wants a second look
lanes   小巷  the places in care, and what is open there
round   一趟  one place in one period, with its checklist
new     记事  the form for what was seen, also away from one's own lanes
"""

from flask import Blueprint

bp = Blueprint("phone", __name__)
