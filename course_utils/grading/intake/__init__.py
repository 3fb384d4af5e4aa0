"""What was handed in, by whom. ``files`` lists every file, in ``archives`` too; ``layouts`` tells whose each is, by its
names (``identity``, ``gradescope``), the ``roster`` and its ``register``, or a person's ``mapping``; ``assignment`` has
who owes which of the ``lessons``, and what became of each file; ``helpers`` and ``capstones`` go with a notebook.
``reading`` opens notebooks, ``tables`` CSV files.
"""
