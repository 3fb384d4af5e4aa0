"""What is tried on an answer to exercise 13.1; it runs beside the student's code and only collects."""

from .shared_probing import probe

__all__ = ["probe"]
