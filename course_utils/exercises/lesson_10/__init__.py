"""Exercises and quiz of lesson 10."""
