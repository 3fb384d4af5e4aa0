"""Exercises and quiz of lesson 00."""
