"""Exercises and quiz of lesson 11."""
