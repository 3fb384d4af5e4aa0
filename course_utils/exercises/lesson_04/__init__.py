"""Exercises and quiz of lesson 04."""
