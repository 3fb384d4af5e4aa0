"""Exercises and quiz of lesson 01."""
