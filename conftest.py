"""Notebooks are tests too: see ``tests/notebooks/plugin.py``."""

pytest_plugins = ["tests.notebooks.plugin"]
