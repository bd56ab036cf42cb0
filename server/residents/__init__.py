"""What residents see and tell us, without an account, in any browser.

tell us     反映问题  the page behind a lane plate; works without script
concern     反映      what a resident is about to tell: it becomes a report
moment      开始的时候  when a form was handed out, signed, so that machines give themselves away
trap        空格      a field no person sees; machines fill it in
address     来处      a block of network addresses; only its hash is counted, for a day
"""

from flask import Blueprint

bp = Blueprint("residents", __name__)
