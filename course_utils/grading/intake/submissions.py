"""What is in the folder of submissions: notebooks, flat or in folders, and zip files of them."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath

from . import archives
from .identity import Identity, is_lesson, of_path, of_platform
from .reading import LARGEST_FILE, Unreadable

_MOST_OF_ONE = 200
_OTHER_ARCHIVES = {".7z", ".bz2", ".gz", ".rar", ".tar", ".tgz", ".xz"}


@dataclass(frozen=True)
class Found:
    """A notebook that somebody handed in.

    Attributes:
        who: whose it is.
        path: as it is called, relative to the folder of submissions, through archives too.
        file: the file on disk that holds it.
        inside: the way through archives to it; empty for a plain file.
        modified: when, as far as known.
        trouble: why it cannot be read, if that is known already.
    """

    who: Identity
    path: PurePosixPath
    file: Path
    inside: tuple[PurePosixPath, ...] = ()
    modified: tuple[int, ...] = ()
    trouble: str = ""

    def read(self) -> bytes:
        """Its bytes.

        Raises:
            Unreadable: where they cannot be had, or are too many.
        """
        if self.trouble:
            raise Unreadable(self.trouble)
        try:
            if self.file.stat().st_size > (archives.LARGEST_ARCHIVE if self.inside else LARGEST_FILE):
                raise Unreadable(f"The file has {self.file.stat().st_size / 2**20:.0f} MB, more than is read.")
            data: bytes | Path = self.file if self.inside else self.file.read_bytes()
        except OSError as error:
            raise Unreadable(f"The file cannot be opened: {error.strerror}.") from None
        for step in self.inside:
            with archives.opened(data) as archive:
                data = archives.member(archive, step)
        assert isinstance(data, bytes)  # a path is only an archive's, and was opened
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
    search = _Search(folder, slugs, known)
    search.run()
    return search.result


class _Search:
    """Looks through a folder, and keeps what it finds in ``result``."""

    def __init__(self, folder: Path, slugs: Collection[str], known: Collection[str]) -> None:
        self.result = Folder()
        self._folder, self._slugs, self._known = folder, slugs, known

    def run(self) -> None:
        """Look through everything."""
        folders = self._folders()
        self.result.present |= {self._who(PurePosixPath(name, "-")) for name in folders}
        files = sorted(self._files())
        root = self._folder if self._folder.is_dir() else self._folder.parent
        for file in files:
            relative = PurePosixPath(file.relative_to(root).as_posix())
            if archives.is_archive(relative):
                self._archive_on_disk(file, relative, alone=len(files) == 1 and not folders)
            else:
                changed = datetime.fromtimestamp(file.stat().st_mtime).timetuple()[:6]
                self.result.found.append(Found(self._who(relative), relative, file, modified=tuple(changed)))

    def _who(self, path: PurePosixPath) -> Identity:
        return of_path(path, self._slugs, self._known)

    def _folders(self) -> list[str]:
        """Names of the folders that students have."""
        inside = self._folder.iterdir() if self._folder.is_dir() else ()
        return [path.name for path in inside if path.is_dir() and not archives.hidden(PurePosixPath(path.name))]

    def _files(self) -> Iterator[Path]:
        """Notebooks and archives on the disk."""
        if not self._folder.is_dir():
            yield self._folder
            return
        for here, folders, names in os.walk(self._folder, onerror=self._closed):
            folders[:] = [name for name in folders if not archives.hidden(PurePosixPath(name))]
            for file in (Path(here, name) for name in names if not archives.hidden(PurePosixPath(name))):
                if self._is_ours(file, PurePosixPath(file.relative_to(self._folder).as_posix())):
                    yield file

    def _is_ours(self, file: Path, relative: PurePosixPath) -> bool:
        """Whether a file is to be read; what a person should know of is noted."""
        if file.is_symlink():
            self.result.notes.append(f"{str(relative)!r} is a link and was ignored.")
        elif relative.suffix.lower() in _OTHER_ARCHIVES:
            self.result.notes.append(f"{str(relative)!r} is an archive of a kind that is not read: unpack it.")
            self.result.present.add(self._who(relative))
        elif archives.is_notebook(relative) or archives.is_archive(relative):
            if file.is_file():
                return True
            self.result.notes.append(f"{str(relative)!r} is no plain file and was ignored.")
        return False

    def _closed(self, error: OSError) -> None:
        self.result.notes.append(f"{str(error.filename)!r} cannot be opened: {error.strerror}.")

    def _archive_on_disk(self, file: Path, relative: PurePosixPath, alone: bool) -> None:
        """An archive of the class if it is all there is, and does not say whose it is; else one student's."""
        try:
            if file.stat().st_size > archives.LARGEST_ARCHIVE:
                raise Unreadable("The archive is too large.")
            with archives.opened(file) as archive:
                entries = self._entries(archive, relative)
                if alone and of_platform(relative) is None and not self._of_one_student(entries):
                    for entry in entries:
                        self._take(entry, archive, file, entry.path, (), self._who(entry.path))
                    return
        except Unreadable as error:
            self._unreadable(self._who(relative), relative, file, error)
            return
        self._personal(file, file, relative, (), self._who(relative))

    def _of_one_student(self, entries: list[archives.Entry]) -> bool:
        """Whether all that is in an archive bears lessons' names."""
        return all(
            is_lesson(entry.path, self._slugs) and len(entry.path.parts) <= 2 and not archives.is_archive(entry.path)
            for entry in entries
        )

    def _entries(self, archive: zipfile.ZipFile, relative: PurePosixPath) -> list[archives.Entry]:
        listed = list(archives.entries(archive))
        self.result.notes += [f"{str(relative)!r}: {entry}" for entry in listed if isinstance(entry, str)]
        return [entry for entry in listed if not isinstance(entry, str)]

    def _personal(
        self, source: bytes | Path, file: Path, relative: PurePosixPath, way: tuple[PurePosixPath, ...], who: Identity
    ) -> None:
        """An archive that one student handed in: whatever it holds is theirs, and does them harm alone."""
        self.result.present.add(who)
        try:
            with archives.opened(source) as archive:
                entries = self._entries(archive, relative)
                if len(entries) > _MOST_OF_ONE:
                    raise Unreadable(f"The archive holds {len(entries):,} notebooks; {_MOST_OF_ONE} at most are read.")
                for entry in entries:
                    self._take(entry, archive, file, relative.with_suffix("") / entry.path, way, who)
        except Unreadable as error:
            self._unreadable(who, relative, file, error)

    def _take(
        self,
        entry: archives.Entry,
        archive: zipfile.ZipFile,
        file: Path,
        path: PurePosixPath,
        way: tuple[PurePosixPath, ...],
        who: Identity,
    ) -> None:
        """A notebook of an archive, or an archive in it; archives in those are not looked for."""
        steps = (*way, entry.path)
        if archives.is_notebook(entry.path):
            self.result.found.append(Found(who, path, file, steps, tuple(entry.modified)))
        elif not way:
            try:
                self._personal(archives.member(archive, entry.path), file, path, steps, who)
            except Unreadable as error:
                self._unreadable(who, path, file, error)

    def _unreadable(self, who: Identity, path: PurePosixPath, file: Path, error: Unreadable) -> None:
        self.result.notes.append(f"{str(path)!r}: {error}")
        self.result.found.append(Found(who, path, file, trouble=str(error)))
