"""Several reports decided at once; each is judged for itself.

batch       选中的    the reports somebody has ticked
outcome     结果      how many were done and how many not, each with its reason
"""

from flask import Blueprint

bp = Blueprint("batches", __name__)
