"""What was handed in, by whom: ``submissions`` and ``archives`` find notebooks, ``reading`` opens them, ``identity``
and ``roster`` tell whose they are, ``lessons`` what they are compared with, ``assignment`` who owes what.
"""
