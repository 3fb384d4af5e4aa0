"""A tester of checks that does not tire: it breaks right answers in small ways, and sees whether the checks notice.

``sources`` changes one thing in the source of a right answer, ``wrappers`` changes what goes into it or comes out of
it, ``rewrites`` changes neither. ``domains`` draws what lessons feed to a function, which is wider than what a check
draws; an answer that differs from the reference there is wrong, and ``running`` sees whether ``examine`` refuses it.
``python -m tests.mutants 2.4 4.1`` prints the kill rate of each exercise, and each survivor.
"""
