"""From a submission to its marks: ``one`` grades one, by way of ``grader``, who asks the worker, and ``marker``, who
asks the process (``desk``) in which ``judging`` compares; ``capstones`` has weights measured by the worker, and
compares. ``pool`` and ``dask_pool`` grade many at once. ``seeds`` draws everybody's inputs, ``fingerprints`` names all
that a grade depends on, ``records`` and ``statuses`` are what comes out, ``similarity`` tells who wrote alike.
"""
