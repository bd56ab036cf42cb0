"""The coordinator's list of reports: what is waiting, what became of the rest.

queue       新反映    reports as the desk lists them, what is due first
filter      条件      state, source, place and words, all of them in the address
news        新到      what came or changed since the list was drawn
"""
