"""The instructor's side: marks for notebooks from people one cannot vouch for.

Three roles. A worker (``jail``) starts without secrets or answers, stays warm, and forks a child behind a wall for each
submission; the child runs the student's functions and sends back plain values. This side alone holds the answers: it
compares, writes the journal, and everything an instructor reads is a view of that journal.
"""
