"""The receipt of a report and what its holder may do with it.

receipt     回执    proof that the community has it: number and code
code        查询码  a secret in groups of four; opens progress, adding, withdrawing
progress    进度    one of five words, with the reason
addition    补充    words or photos added later; the first text stays
withdrawal  撤回    the author takes it back before it is solved
"""

from flask import Blueprint

bp = Blueprint("receipts", __name__)
