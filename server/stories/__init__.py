"""What happened to a report or a case, told from the changes in custody.

story       经过    every change about a thing, in the order it was really made
line        一行    who did what, when; with the value that was there before
"""
