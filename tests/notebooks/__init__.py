"""How the tests run notebooks: a plugin for nbval, kernels that start warm, results that two notebooks share, views."""

ONCE = "COURSE_TESTS_ONCE"
"""Environment variable with the folder of results that notebooks share; without it, everything is computed."""
