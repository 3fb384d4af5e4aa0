"""What pyproject.toml cannot say: the lessons travel in the wheel, as a part of the package."""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class WithLessons(build_py):
    """Copies lessons/ beside the modules that are built; an editable install finds the folder itself."""

    def run(self) -> None:
        """Build, then copy."""
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib) / "course_utils" / "assets" / "lessons"
            self.mkpath(str(target))
            for lesson in sorted(Path("lessons").glob("*.ipynb")):
                self.copy_file(str(lesson), str(target))


setup(cmdclass={"build_py": WithLessons})
