"""Exercises and quiz of lesson 02."""
