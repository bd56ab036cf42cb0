"""What the coordinator makes of a report, and what has to be known to decide it.

screening    待看      not read yet; within one working day
acceptance   受理      the community takes it as a case and sets a day
merger       合并      it joins a case that others told us of
dismissal    不成立    not valid, spam, or not ours; with a reason; can be undone for 30 days
second look  撤销      a decision taken back
question     问一句    the coordinator asks the reporter
desk entry   代记      written for someone at a station or on the telephone
contact      联系方式  a resident's telephone number; who reads it says why
"""

from flask import Blueprint

bp = Blueprint("screening", __name__)
