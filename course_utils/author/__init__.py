"""For authors: ``solved`` reads their notebooks, ``build`` and ``execute`` make lessons, ``bundle`` the data."""

import sys

# nbformat imports jsonschema, and that, with this library at hand, compiles 39 grammars of web addresses: two seconds
# at each start, for a format that no notebook has.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
