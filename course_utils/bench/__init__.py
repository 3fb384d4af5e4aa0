"""``course bench``: what the course's training brings, measured on this machine; nothing here is timed by CI.

Every contender runs in a process of its own, so that none profits from what another one set or cached, and each has a
peak memory of its own. Results go to benchmarks/ as JSON, as one picture, and as a table on the screen.
"""
