"""What somebody saw, in their words, with place and time.

report      反映    what one person told us
words       情况    what the person wrote or said
spot        具体位置  words inside a place; never public
category    哪一类  one of the community's categories
addition    补充    words or photos added later; the first text stays
correction  更正    a field changed; the old value stays readable
withdrawal  撤回    the author takes it back before it is solved
screening   待看    what the coordinator made of a report; can be undone for 30 days
question    问一句  the coordinator asks the reporter
"""

from flask import Blueprint

bp = Blueprint("reports", __name__)
