"""``python grade_folder.py SUBMISSIONS OUT``: as ``course grade`` would, with the limits of the tests."""

import sys
from pathlib import Path

from course_utils.grading.command import Refused, grade_class
from tests.grading.conftest import options

if __name__ == "__main__":
    try:
        sys.exit(grade_class(options(Path(sys.argv[1]), Path(sys.argv[2])), print))
    except Refused as refused:
        sys.exit(f"refused: {refused}")
