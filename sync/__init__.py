"""Reconciliation of phones with the server. Knows no domain, no web framework, no database.

change      一件      one past-tense fact, frozen on the phone at the tap
push        送        changes of one device, in order
custody     收下      the server keeps the change for ever, whatever it then decides
verdict     结论      what became of a change: one lasting receipt each
record      记录      what changes are about: fields that race, a state that steps, facts
stamp       校正时间  when a change was really made, minted once by the server
scope       范围      a named set of records that a phone may hold
feed        动态      one row for each live record of a scope, moved up when it changes
"""
