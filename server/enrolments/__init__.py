"""The code on the desk's screen that makes a phone a steward's phone.

enrolment   开通手机  for one steward, one phone, fifteen minutes
code        开通码    a QR and eight digits; shown once
"""

from flask import Blueprint

bp = Blueprint("enrolments", __name__)
