"""Who works here.

Member: a person with a role in one community; an officer's community is the subdistrict.
Credential: a staff member's password. Session: a browser that signed in. Tries: wrong passwords
lately, which slow the next one down and never lock anybody out.
"""

from flask import Blueprint

bp = Blueprint("accounts", __name__)
