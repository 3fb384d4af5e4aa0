"""Exercises and quiz of lesson 03."""
