"""Exercises and quiz of lesson 09."""
