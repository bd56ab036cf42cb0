"""How the installation itself is doing: what falls due by itself, and whether it was done.

task        例行任务  what the worker does by itself: sweep, journal, backup, restore
promise     承诺      how long after the last time the next one is due; silence past it is the alarm
journal     操作日志  what no backup has yet, in a second place within seconds
lag         滞后      how far the journal may be behind what people were told is safe
"""

from flask import Blueprint

bp = Blueprint("upkeep", __name__)
