"""Exercises and quiz of lesson 05."""
