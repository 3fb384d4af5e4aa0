"""For authors: ``solved`` reads notebooks, ``build``, ``execute`` make lessons, ``bundle`` data, ``pages`` tables."""

import sys

# nbformat imports jsonschema, and that, with this library at hand, compiles 39 grammars of web addresses: two seconds
# at each start, for a format that no notebook has.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
