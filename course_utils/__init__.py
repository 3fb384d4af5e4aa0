"""Helpers of the course on variational autoencoders; import what you need from its modules.

Nothing heavy is imported here, so that ``import course_utils`` costs nothing.
"""
