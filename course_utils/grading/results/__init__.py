"""What is kept and what is read: ``journal`` loses nothing, ``manual`` adds what a person decides; ``gradebook``,
``feedback``, ``classpage``, ``oral`` and ``platforms`` are views of it, in ``files`` and in ``page``, from
``templates/``.
"""
