"""Lessons in a real browser: what a reader sees, hears and drives in JupyterLab, and in the exported page."""
