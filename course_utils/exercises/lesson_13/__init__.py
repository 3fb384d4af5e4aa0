"""Exercises and quiz of lesson 13."""
