"""What several exercises of lesson 11 use."""

from __future__ import annotations

import math

PER_ELEMENT = "One value for each element: nothing is summed or averaged here."

ROOT_2, ROOT_3 = math.sqrt(2), math.sqrt(3)
