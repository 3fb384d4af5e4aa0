"""The instructor's side: marks for notebooks from people one cannot vouch for.

Four rooms, and arrows that go down. ``intake`` finds out who handed in what, and ``jail`` runs it behind a wall;
neither knows the other. ``marking`` gives what came through the wall its marks: it alone holds the answers. ``results``
keeps the journal and makes of it everything an instructor reads. On top, ``run`` takes a class through the rooms,
``arguments`` and ``command`` are ``course grade``.
"""
