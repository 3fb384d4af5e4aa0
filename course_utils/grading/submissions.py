"""What is in the folder of submissions: notebooks, flat or in folders, and zip files of them."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath

from . import archives
from .identity import Identity, is_lesson, of_path
from .reading import LARGEST_FILE, Unreadable


@dataclass(frozen=True)
class Found:
    """A notebook that somebody handed in.

    Attributes:
        who: whose it is.
        path: as it is called, relative to the folder of submissions, through archives too.
        file: the file on disk that holds it.
        inside: the way through archives to it; empty for a plain file.
        modified: when, as far as known.
    """

    who: Identity
    path: PurePosixPath
    file: Path
    inside: tuple[PurePosixPath, ...] = ()
    modified: tuple[int, ...] = ()

    def read(self) -> bytes:
        """Its bytes.

        Raises:
            Unreadable: where they cannot be had, or are too many.
        """
        try:
            if self.file.stat().st_size > (archives.LARGEST_ARCHIVE if self.inside else LARGEST_FILE):
                raise Unreadable(f"The file has {self.file.stat().st_size / 2**20:.0f} MB, more than is read.")
            data: bytes | Path = self.file if self.inside else self.file.read_bytes()
        except OSError as error:
            raise Unreadable(f"The file cannot be opened: {error.strerror}.") from None
        for step in self.inside:
            with archives.opened(data) as archive:
                data = archives.member(archive, step)
        return data


@dataclass
class Folder:
    """All that was found.

    Attributes:
        found: the notebooks.
        present: everyone who has a folder or an archive, with a notebook in it or not.
        notes: sentences about what was ignored, for the instructor.
    """

    found: list[Found] = field(default_factory=list)
    present: set[Identity] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)


def look(folder: Path, slugs: Collection[str], known: Collection[str] = ()) -> Folder:
    """Everything that was handed in.

    Args:
        folder: of submissions, or one notebook or archive.
        slugs: names of lessons, without their endings.
        known: ids on the roster.
    """
    result = Folder()
    root = folder if folder.is_dir() else folder.parent
    result.present |= {of_path(PurePosixPath(name, "-"), slugs, known) for name in _folders(folder)}
    for file in sorted(_files(folder, result)):
        relative = PurePosixPath(file.relative_to(root).as_posix())
        if file.suffix.lower() == ".zip":
            _look_into(file, relative, result, slugs, known)
        elif file.suffix.lower() == ".ipynb":
            changed = datetime.fromtimestamp(file.stat().st_mtime).timetuple()[:6]
            result.found.append(Found(of_path(relative, slugs, known), relative, file, modified=tuple(changed)))
    return result


def _folders(folder: Path) -> list[str]:
    """Names of the folders that students have."""
    inside = folder.iterdir() if folder.is_dir() else ()
    return [path.name for path in inside if path.is_dir() and not archives.hidden(PurePosixPath(path.name))]


def _files(folder: Path, result: Folder) -> Iterator[Path]:
    if not folder.is_dir():
        yield folder
        return
    for here, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not archives.hidden(PurePosixPath(name))]
        for name in names:
            file = Path(here, name)
            if file.is_symlink():
                result.notes.append(f"{str(file.relative_to(folder))!r} is a link and was ignored.")
            elif not archives.hidden(PurePosixPath(name)):
                yield file


def _look_into(file: Path, relative: PurePosixPath, result: Folder, slugs: Collection[str],
               known: Collection[str]) -> None:
    try:
        if file.stat().st_size > archives.LARGEST_ARCHIVE:
            raise Unreadable("The archive is too large.")
        with archives.opened(file) as archive:
            _take_entries(archive, file, relative, (), result, slugs, known)
    except Unreadable as error:
        result.notes.append(f"{str(relative)!r}: {error}")
        who = of_path(relative, slugs, known)
        result.found.append(Found(who, relative, file, (PurePosixPath("unreadable"),)))


def _take_entries(archive: zipfile.ZipFile, file: Path, relative: PurePosixPath, way: tuple[PurePosixPath, ...],
                  result: Folder, slugs: Collection[str], known: Collection[str]) -> None:
    """The notebooks of an archive: one student's, if all bear lessons' names, else each its own student's."""
    listed = list(archives.entries(archive))
    result.notes += [f"{str(relative)!r}: {entry}" for entry in listed if isinstance(entry, str)]
    notebooks = [entry for entry in listed if not isinstance(entry, str)]
    personal = len(relative.parts) > 1 or all(is_lesson(entry.path, slugs) and len(entry.path.parts) <= 2
                                              and entry.path.suffix != ".zip" for entry in notebooks)
    if personal:
        result.present.add(of_path(relative, slugs, known))
    for entry in notebooks:
        outer = relative.with_suffix("") / entry.path if personal else entry.path
        steps = (*way, entry.path)
        if entry.path.suffix.lower() == ".zip" and not way:
            with archives.opened(archives.member(archive, entry.path)) as inner:
                _take_entries(inner, file, outer, steps, result, slugs, known)
        elif entry.path.suffix.lower() == ".ipynb":
            result.found.append(Found(of_path(outer, slugs, known), outer, file, steps, tuple(entry.modified)))
