"""Exercises and quiz of lesson 07."""
