"""The door for phones: changes in, receipts and news out.

change        一件        one past-tense fact frozen at the tap
outbox        待传        what has not been delivered yet
receipt       回执        the lasting verdict on one change
conflict      等协调员定  two values, both kept
parked        先存着      kept aside, judged later
quarantined   待核对      came after the phone was reported lost
pack          随身包      lists, places and open cases on the phone
device        手机        one enrolled browser on one phone, or one desk
enrolment     开通手机    the coordinator makes a phone this steward's phone
revocation    挂失        from now on the phone reads nothing; its records are kept apart
clock_doubt   时间说不准  with its size in minutes
"""

from flask import Blueprint

bp = Blueprint("exchange", __name__)
