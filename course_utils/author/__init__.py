"""For authors: ``solved`` reads their notebooks, ``build`` and ``execute`` make lessons, ``bundle`` the data."""
