"""Exercises and quiz of lesson 08."""
