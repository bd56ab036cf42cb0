"""The demo: a fortnight in 杏坞街道, which is invented with everyone in it.

It comes about the way real life does: phones freeze and send, the desk decides, residents come
through the public door, each at its own moment of the last fourteen days. Always the same for the
same day.
"""
