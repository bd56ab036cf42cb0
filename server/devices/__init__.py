"""Phones and desks that make changes.

device      手机      one enrolled browser on one phone; a desk and the public door are devices too
enrolment   开通手机  the coordinator makes a phone this steward's phone
code        开通码    eight digits or a QR, opens one phone, once, within fifteen minutes
revocation  挂失      from now on the phone reads nothing; its records are kept apart
renewal     换号      the same phone under a new name, when its numbers no longer fit
unsent      还没送    how many changes are only on the phone, as of the last contact
"""

from flask import Blueprint

bp = Blueprint("devices", __name__)
