"""One real problem, however many people told us.

case         事项          one real problem
level        办理方式      on the spot, by the community, in joint consultation
owner        派给          who has it in hand
due date     说好的日子    from the category's limit on the working calendar
step         经过          a change of state, with words and photos
ending       结果          how it was closed
answer       公开答复      what everyone may read
"""

from flask import Blueprint

bp = Blueprint("cases", __name__)
