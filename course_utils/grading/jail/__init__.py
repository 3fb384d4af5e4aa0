"""What runs on the far side: nothing here knows an answer, a secret or a mark."""
