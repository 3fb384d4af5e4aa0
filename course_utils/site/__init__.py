"""The static site: ``sources`` gathers the pages, ``lessons`` and ``front`` make theirs, ``builder`` runs Sphinx.

Nothing else of the course imports it, and it needs the extra ``[site]``.
"""
