"""Notebooks inside zip files, read without unpacking: no path is followed, no size is believed."""

from __future__ import annotations

import io
import re
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from .reading import LARGEST_FILE, Unreadable

MOST_ENTRIES = 20_000
LARGEST_ARCHIVE = 2 * 2**30
_DRIVE = re.compile("[A-Za-z]:")


@dataclass(frozen=True)
class Entry:
    """A notebook in an archive: its path there, and when it was changed."""

    path: PurePosixPath
    modified: tuple[int, ...]


def entries(archive: zipfile.ZipFile) -> Iterator[Entry | str]:
    """The archive's notebooks and inner archives; a sentence for each entry that is refused.

    Raises:
        Unreadable: for more entries than any class could hand in.
    """
    if len(archive.filelist) > MOST_ENTRIES:
        raise Unreadable(f"The archive has {len(archive.filelist):,} entries; {MOST_ENTRIES:,} at most are read.")
    for info in archive.infolist():
        path = PurePosixPath(info.filename.replace("\\", "/"))
        if info.is_dir() or not (is_notebook(path) or is_archive(path)) or hidden(path):
            continue
        if path.is_absolute() or ".." in path.parts or _DRIVE.match(path.parts[0]):
            yield f"The entry {str(path)[:80]!r} points out of the archive and was ignored."
        elif stat.S_ISLNK(info.external_attr >> 16):
            yield f"The entry {str(path)[:80]!r} is a link and was ignored."
        else:
            yield Entry(path, info.date_time)


def is_notebook(path: PurePosixPath) -> bool:
    """Whether a file is called a notebook; browsers and mail programs put another ending behind it."""
    return path.name.lower().endswith((".ipynb", ".ipynb.txt", ".ipynb.json"))


def is_archive(path: PurePosixPath) -> bool:
    """Whether a file is called an archive that is read."""
    return path.suffix.lower() == ".zip"


def hidden(path: PurePosixPath) -> bool:
    """Whether a path belongs to what systems and editors leave lying about."""
    return any(part.startswith(".") and part not in (".", "..") or part == "__MACOSX" for part in path.parts)


def opened(source: bytes | Path) -> zipfile.ZipFile:
    """An archive in memory, or on the disk, of which then only what is asked for is read.

    Raises:
        Unreadable: where it is none.
    """
    try:
        return zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Unreadable(f"The archive cannot be opened: {error}.") from None


def member(archive: zipfile.ZipFile, path: PurePosixPath) -> bytes:
    """An entry's bytes, as many as may be read.

    Raises:
        Unreadable: where it is larger than that, broken, or locked.
    """
    name = str(path)
    if name not in archive.NameToInfo:  # it may be written with backslashes
        names = (info.filename for info in archive.infolist())
        name = next((name for name in names if PurePosixPath(name.replace("\\", "/")) == path), name)
    try:
        with archive.open(name) as file:
            data = file.read(LARGEST_FILE + 1)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError, KeyError) as error:
        raise Unreadable(f"It cannot be read from its archive: {str(error)[:200]}") from None
    if len(data) > LARGEST_FILE:
        raise Unreadable(f"Unpacked, it has more than {LARGEST_FILE >> 20} MB.")
    return data
