"""The wall, and what runs behind it; nothing here knows an answer, a secret or a mark.

On this side, ``workers`` starts a warm process in a folder of ``folders`` and talks to it by ``asking``, with
``bubblewrap`` around it where there is one, and ``selftest`` tries the wall. Through it go ``messages``, as ``wire``
writes them, in ``frames``. The warm process is ``zygote``: it forks an attendant for each submission, and that one a
child behind a ``wall`` (``kernel``, ``syscalls``, ``view``, ``settling``, ``limits``), to whose end ``watching`` sees.
The child is ``running``: it takes from the notebook what a ``task`` needs (``cells``, ``names``, ``slicing``,
``suspicious``) and runs it as a notebook would (``execution``).
"""
