"""Exercises and quiz of lesson 14."""
