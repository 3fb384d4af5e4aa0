"""Exercises and quiz of lesson 06."""
