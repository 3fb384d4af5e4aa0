"""Exercises and quiz of lesson 12."""
