"""Every file that was handed in, on the disk and in archives: none is left out of the list, whatever becomes of it."""

from __future__ import annotations

import os
import re
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path, PurePosixPath

from . import archives
from .reading import LARGEST_FILE, Unreadable

_MOST_OF_ONE = 200
_MOST_NAMED = 50
_DEEPEST = 3
_OTHER_ARCHIVES = {".7z", ".bz2", ".gz", ".rar", ".tar", ".tgz", ".xz"}
_DRIVE = re.compile("[A-Za-z]:")
_LEFTOVERS = re.compile(
    r"__MACOSX|\.ipynb_checkpoints|\.DS_Store|\._.*|\.~.*|\.Trash.*|__pycache__"
    r"|\.(git|hg|svn|venv|vscode|idea|cache|config|local|jupyter|ipython|Spotlight-V100|fseventsd)"
)


class Kind(StrEnum):
    """What a file is for the grader."""

    NOTEBOOK = "notebook"
    """Or what was handed in for one, and cannot be read."""
    EMPTY = "empty folder"
    OTHER = "no notebook"
    LEFT_OUT = "left out"


@dataclass(frozen=True)
class File:
    """A file, or an empty folder.

    Attributes:
        path: relative to the folder of submissions, through archives too.
        kind: what it is.
        disk: the file on disk that holds it.
        inside: its place in that archive, and in archives in it; empty for a plain file.
        modified: when, as far as known.
        says: why it cannot be read, or why it was left out.
    """

    path: PurePosixPath
    kind: Kind
    disk: Path
    inside: tuple[int, ...] = ()
    modified: tuple[int, ...] = ()
    says: str = ""

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders and archives that it lies in."""
        return self.path.parts if self.kind is Kind.EMPTY else self.path.parts[:-1]

    def read(self) -> bytes:
        """Its bytes.

        Raises:
            Unreadable: where they cannot be had, or are too many.
        """
        if self.says:
            raise Unreadable(self.says)
        try:
            status = self.disk.stat()
            if not self.inside:
                if status.st_size > LARGEST_FILE:
                    size, most = status.st_size >> 20, LARGEST_FILE >> 20
                    raise Unreadable(f"The file has {size} MB; the largest that is read has {most} MB.")
                return self.disk.read_bytes()
        except OSError as error:
            raise Unreadable(f"The file cannot be opened: {error.strerror}.") from None
        return archives.member(_kept_open(self.disk, status.st_mtime_ns, self.inside[:-1]), self.inside[-1])


@lru_cache(maxsize=3)
def _kept_open(path: Path, changed: int, way: tuple[int, ...]) -> zipfile.ZipFile:
    """An archive on the disk, or in one: it is opened once, and not for each of its files."""
    if not way:
        return archives.opened(path)
    return archives.opened(archives.member(_kept_open(path, changed, way[:-1]), way[-1]))


def listed(root: Path, skip: Path) -> list[File]:
    """Every file.

    Args:
        root: folder of submissions, or one notebook or archive.
        skip: a folder to be passed over, that of the results.

    Raises:
        Unreadable: where the one archive that holds all of it cannot be read.
    """
    if root.is_dir():
        return sorted(_on_disk(root, skip), key=lambda file: str(file.path))
    if is_archive(root.name):
        return list(_members(archives.opened(root), PurePosixPath(), root, (), alone=True))
    return [_plain(root, PurePosixPath(root.name))]


def is_archive(name: str) -> bool:
    """Whether a file is called an archive that is read."""
    return name.lower().endswith(".zip")


def is_leftover(name: str) -> bool:
    """Whether systems and editors call what they leave lying about so; a student's folder may begin with a dot too."""
    return bool(_LEFTOVERS.fullmatch(name))


def _is_notebook(name: str) -> bool:
    """Whether a file is called a notebook; browsers and mail programs put another ending behind it."""
    return name.lower().endswith((".ipynb", ".ipynb.txt", ".ipynb.json"))


def _on_disk(root: Path, skip: Path) -> Iterator[File]:
    closed: list[OSError] = []
    for here, folders, names in os.walk(root, onerror=closed.append):
        at = PurePosixPath(Path(here).relative_to(root).as_posix())
        for name in [name for name in folders if _passed_over(Path(here, name), skip)]:
            folders.remove(name)
            if Path(here, name).resolve() != skip.resolve():
                yield File(at / name, Kind.LEFT_OUT, Path(here, name), says=_why_passed_over(Path(here, name)))
        folders.sort()
        if not folders and not names and at.parts:
            yield File(at, Kind.EMPTY, Path(here))
        here_now = [_plain(Path(here, name), at / name) for name in sorted(names)]
        alone = not at.parts and not folders and sum(file.kind is Kind.NOTEBOOK for file in here_now) == 1
        for file in here_now:
            yield from _opened(file, alone) if file.kind is Kind.NOTEBOOK and is_archive(file.path.name) else [file]
    for error in closed:
        path = Path(error.filename)
        at = PurePosixPath(path.relative_to(root).as_posix())
        yield File(at, Kind.NOTEBOOK, path, says=f"The folder cannot be opened: {error.strerror}.")


def _passed_over(folder: Path, skip: Path) -> bool:
    return folder.is_symlink() or is_leftover(folder.name) or folder.resolve() == skip.resolve()


def _why_passed_over(folder: Path) -> str:
    return "It is a link." if folder.is_symlink() else "A system or an editor left it lying about."


def _plain(file: Path, path: PurePosixPath) -> File:
    """A file on the disk."""
    if file.is_symlink():
        return File(path, Kind.LEFT_OUT, file, says="It is a link.")
    kind, says = _kind_of(file.name)
    if not file.is_file():  # a pipe, say, that whoever reads it would wait for
        return File(path, Kind.LEFT_OUT, file, says="It is no plain file.")
    changed = datetime.fromtimestamp(max(0, file.stat().st_mtime)).timetuple()[:6]
    return File(path, kind, file, modified=tuple(changed), says=says)


def _kind_of(name: str) -> tuple[Kind, str]:
    """What a file is, by its name, and a sentence where that is a reason not to read it."""
    if is_leftover(name):
        return Kind.LEFT_OUT, "A system or an editor left it lying about."
    if _is_notebook(name) or is_archive(name):
        return Kind.NOTEBOOK, ""
    if PurePosixPath(name).suffix.lower() in _OTHER_ARCHIVES:
        return Kind.NOTEBOOK, "It is an archive of a kind that is not read: unpack it."
    return Kind.OTHER, ""


def _opened(file: File, alone: bool) -> Iterator[File]:
    """What an archive holds; where it cannot be opened, the archive itself, which somebody handed in."""
    try:
        yield from _members(archives.opened(file.disk), file.path, file.disk, (), alone)
    except Unreadable as error:
        yield File(file.path, Kind.NOTEBOOK, file.disk, modified=file.modified, says=str(error))


def _members(
    archive: zipfile.ZipFile, at: PurePosixPath, disk: Path, way: tuple[int, ...], alone: bool
) -> Iterator[File]:
    """The files in an archive, and in archives in it.

    Args:
        archive: open.
        at: its path; empty for the class's.
        disk: the file that holds it.
        way: its place in archives around it.
        alone: whether it is all there is, and so may hold a whole class.

    Raises:
        Unreadable: for more notebooks than one student could hand in.
    """
    empty = _nothing_in(archive)
    files = [
        _entry(info, at, disk, (*way, place))
        for place, info in enumerate(archive.filelist)
        if not info.is_dir() or place in empty
    ]
    if (count := sum(file.kind is Kind.NOTEBOOK for file in files)) > _MOST_OF_ONE and not alone:
        raise Unreadable(f"The archive holds {count:,} notebooks; {_MOST_OF_ONE} at most are read of one student.")
    named = 0
    for file in _told_apart(files):
        named += file.kind in (Kind.OTHER, Kind.LEFT_OUT)
        if file.kind is Kind.NOTEBOOK and is_archive(file.path.name) and not file.says:
            yield from _inner(archive, file, alone and len(files) == 1)
        elif file.kind in (Kind.NOTEBOOK, Kind.EMPTY) or alone or named <= _MOST_NAMED:
            yield file
    if named > _MOST_NAMED and not alone:
        yield File(at / f"({named - _MOST_NAMED:,} further files)", Kind.OTHER, disk)
    if not files:
        yield File(at, Kind.EMPTY, disk)


def _nothing_in(archive: zipfile.ZipFile) -> set[int]:
    """The places of an archive's folders in which nothing lies."""
    order = sorted(range(len(archive.filelist)), key=lambda place: archive.filelist[place].filename)
    names = [archive.filelist[place].filename for place in order]
    pairs = zip(order, names, [*names[1:], ""], strict=True)
    return {place for place, name, following in pairs if name.endswith("/") and not following.startswith(name)}


def _entry(info: zipfile.ZipInfo, at: PurePosixPath, disk: Path, way: tuple[int, ...]) -> File:
    path = PurePosixPath(archives.name(info).replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or not path.parts or _DRIVE.match(path.parts[0]):
        return File(at / (path.name or "?"), Kind.LEFT_OUT, disk, way, says="It points out of its archive.")
    if stat.S_ISLNK(info.external_attr >> 16):
        return File(at / path, Kind.LEFT_OUT, disk, way, says="It is a link.")
    if any(map(is_leftover, path.parts)):
        return File(at / path, Kind.LEFT_OUT, disk, way, says="A system or an editor left it lying about.")
    if info.is_dir():
        return File(at / path, Kind.EMPTY, disk, way)
    kind, says = _kind_of(path.name)
    return File(at / path, kind, disk, way, tuple(info.date_time), says)


def _told_apart(files: list[File]) -> Iterator[File]:
    """Files of which no two have one path; an archive may hold many that are called the same."""
    seen: dict[PurePosixPath, int] = {}
    for file in files:
        seen[file.path] = count = seen.get(file.path, 0) + 1
        path = file.path if count == 1 else file.path.with_name(f"{file.path.stem} ({count}){file.path.suffix}")
        yield File(path, file.kind, file.disk, file.inside, file.modified, file.says)


def _inner(archive: zipfile.ZipFile, file: File, alone: bool) -> Iterator[File]:
    """What an archive in an archive holds."""
    try:
        if len(file.inside) >= _DEEPEST:
            raise Unreadable("It is an archive in an archive in an archive: unpack it.")
        inner = archives.opened(archives.member(archive, file.inside[-1]))
        yield from _members(inner, file.path, file.disk, file.inside, alone)
    except Unreadable as error:
        yield File(file.path, Kind.NOTEBOOK, file.disk, file.inside, file.modified, str(error))
