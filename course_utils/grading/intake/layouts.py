"""How a class is laid out: which part of a path names the student. Where it may be two, nobody guesses."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from . import gradescope, identity
from .files import File, Kind, is_archive, is_leftover
from .identity import Identity
from .register import Register

_SHOWN = 4


class Layout(StrEnum):
    """What names the student."""

    CANVAS = "canvas"
    FOLDERS = "folders"
    SUBFOLDERS = "subfolders"
    FILES = "files"
    ONE = "one"


SAYS = {
    Layout.CANVAS: "Canvas's numbers in each file's name",
    Layout.FOLDERS: "a folder or file for each student",
    Layout.SUBFOLDERS: "folders of groups or lessons, and in them a folder or file for each student",
    Layout.FILES: "the student in each file's name",
    Layout.ONE: "all of one student",
}


@dataclass(frozen=True)
class Reading:
    """A class, read in one way.

    Attributes:
        layout: which.
        owners: of each file, in the files' order: several of a group's, none of what is nobody's.
    """

    layout: Layout
    owners: tuple[tuple[Identity, ...], ...]

    @property
    def says(self) -> str:
        """The way, and whom one comes to by it."""
        names = sorted({who.student for owners in self.owners for who in owners})
        first = ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
        return f"{SAYS[self.layout]} ({len(names)}: {first})"


class Unsure(ValueError):
    """A class that can be read in two ways; the message shows both, and says how to choose.

    Args:
        what: a sentence about what it is that can be read so.
        readings: the two.
        files: all.
    """

    def __init__(self, what: str, readings: Sequence[Reading], files: Sequence[File]) -> None:
        ways = ", or ".join(reading.says for reading in readings)
        options = " or ".join(f"--layout {reading.layout}" for reading in readings)
        super().__init__(
            f"{what}: {ways}. Say which with {options}; or write down whose each file is: --dry-run makes a file "
            "of files and students, to be corrected and given back with --mapping."
        )
        self.readings, self.files = readings, files


@dataclass(frozen=True)
class _Unit:
    """The folder, archive or file that names a student."""

    name: str
    is_folder: bool
    parents: tuple[str, ...]

    @property
    def stem(self) -> str:
        """The name without a file's ending."""
        return self.name if self.is_folder else identity.stem(self.name)


def read(
    files: Sequence[File], root: Path, slugs: tuple[str, ...], register: Register, layout: Layout | None = None
) -> Reading:
    """Whose each file is.

    Args:
        files: all.
        root: the folder or file that they are in.
        slugs: names of lessons, without their endings.
        register: of the roster; may be empty.
        layout: as somebody who knows has said it.

    Raises:
        Unsure: where it may be two.
    """
    tree = _Tree(files, root, slugs, register)
    return tree.read(layout) if layout else tree.choose()


class _Tree:
    """The files of a class, below the folders that all of them are in."""

    def __init__(self, files: Sequence[File], root: Path, slugs: tuple[str, ...], register: Register) -> None:
        self._files, self._slugs, self._register = files, slugs, register
        whole = root.resolve().name
        self._root = identity.stem(whole) if is_archive(whole) else whole
        self._is_archive = is_archive(whole)
        self._notebooks = [file for file in files if file.kind is Kind.NOTEBOOK]
        self._groups = gradescope.owners(files)
        self._base = 0
        while self._is_wrapped():
            self._base += 1
        self._wrappers = [*self._notebooks[0].folders[: self._base]] if self._notebooks else []

    def _is_wrapped(self) -> bool:
        """Whether all is in one further folder, and no platform says that it is a student's."""
        at = self._base
        names = {f.folders[at] for f in self._files if len(f.folders) > at and not is_leftover(f.folders[at])}
        if len(names) != 1 or any(len(file.folders) <= at for file in self._notebooks):
            return False
        (name,) = names
        return not self._is_a_students(_Unit(name, not is_archive(name), ()))

    def _is_a_students(self, unit: _Unit) -> bool:
        """Whether a platform's name for a student is on it."""
        written = None if unit.is_folder else identity.canvas(unit.stem)
        return bool(self._by_platform(unit) or written and written.likely)

    def _by_platform(self, unit: _Unit) -> tuple[Identity, ...]:
        if unit.is_folder and unit.name in self._groups:
            return self._groups[unit.name]
        found = identity.of_platform(unit.stem, unit.is_folder)
        return (found,) if found else ()

    # -- choosing ------------------------------------------------------------------------------------------------

    def choose(self) -> Reading:
        """The one way in which the class can be read.

        Raises:
            Unsure: where there are two.
        """
        whole = _Unit(self._root, not self._is_archive, ())
        if self._is_nameless and not self._is_a_students(whole):
            return self._nameless()
        readings = self._possible()
        if self._is_a_students(whole):
            one = self.read(Layout.ONE)
            readings = [one] if max(map(_count, readings)) == 1 else [one, *readings]
        scores = [self._on_roster(reading) for reading in readings]
        best = [reading for reading, score in zip(readings, scores, strict=True) if score == max(scores)]
        if len(best) == 1:
            return best[0]
        raise Unsure(f"{self._root!r} can be read in two ways", best, self._files)

    def _on_roster(self, reading: Reading) -> int:
        """How many students of the roster one comes to."""
        everyone = {who for owners in reading.owners for who in owners} if len(self._register) else ()
        matches = (self._register.match(who).student for who in everyone)
        return len({student.id for student in matches if student})

    @cached_property
    def _is_nameless(self) -> bool:
        """Whether no notebook is in a folder that may be a student's, and none bears a name beside its lesson's."""
        if any(self._speaks(file) for file in self._notebooks):
            return False
        firsts = [file.folders[self._base] for file in self._notebooks if len(file.folders) > self._base]
        if not firsts:
            return True
        lessons = [self._lessons[file] for file in self._notebooks]
        one_each = all(lessons) and len(set(lessons)) == len(lessons)
        telling = any(not identity.tells_nothing(name, self._slugs) for name in firsts)
        return one_each and (len(firsts) < len(lessons) or not telling)

    def _speaks(self, file: File) -> bool:
        """Whether a file's own name may be a student's."""
        own = self._own_words(file)
        number = own.isdigit() or bool(re.search("[0-9]{5}", own))
        return number or not identity.tells_nothing(own) or bool(own and self._register.called(own).student)

    def _nameless(self) -> Reading:
        """One student's lessons, unless a lesson is there more often than editors copy it."""
        one = self.read(Layout.ONE)
        copy = re.compile("copy|kopie|copia|copie", re.IGNORECASE)
        counts = Counter(self._lessons[file] for file in self._notebooks if not copy.search(file.path.stem))
        if max(counts.values(), default=0) <= 1 or self._on_roster(one):
            return one
        ways = [one, self.read(Layout.FILES)]
        raise Unsure(f"The names in {self._root!r} do not say whose they are", ways, self._files)

    def _possible(self) -> list[Reading]:
        """The ways in which the class may be read; more than one only where its names do not tell."""
        deep = [file for file in self._notebooks if len(file.folders) > self._base]
        firsts = {self._unit(file, 1) for file in deep}
        if not deep or any(self._is_a_students(unit) for unit in firsts):
            readings = self._with_or_without_canvas(1)
            around = self._wrappers[-1:] or [self._root] * self._is_archive
            mixed = not deep and not all(map(self._speaks, self._notebooks))
            telling = mixed and any(not identity.tells_nothing(identity.stem(name), self._slugs) for name in around)
            return [*readings, self.read(Layout.ONE)] if telling else readings
        first, second = self._with_or_without_canvas(1), self._with_or_without_canvas(2)
        found = [max(map(self._on_roster, readings)) for readings in (first, second)]
        if found[0] != found[1]:
            return first if found[0] > found[1] else second
        places = self._places(deep)
        if not all(place for own in places.values() for place, _ in own):
            return first
        crowded = [unit for unit, own in places.items() if _is_crowded(own)]
        if all(self._is_a_lessons(unit, bool(crowded)) for unit in firsts):
            return second
        shared = Counter(place for own in places.values() for place in {place for place, _ in own})
        if not crowded or sum(count == 1 for count in shared.values()) * 2 <= len(shared):
            return first
        folders, most = all(unit.is_folder for unit in firsts), len(crowded) * 2 >= len(firsts)
        if folders and most and all(len(file.folders) > self._base + 1 for file in deep):
            return second
        if not folders and not most:  # what is in an archive is its student's choice
            return first
        return [*first, *second]

    def _places(self, deep: Sequence[File]) -> dict[_Unit, set[tuple[str, str]]]:
        """What may name students in each first folder, with lessons: folders in it, or words of files' own."""
        found: dict[_Unit, set[tuple[str, str]]] = defaultdict(set)
        for file in deep:
            unit, below = self._unit(file, 1), file.folders[self._base + 1 :]
            own = below[0] if below else self._own_words(file) if self._speaks(file) else ""
            if not below and unit.stem.casefold() in own.casefold():
                own = ""
            found[unit].add((own, self._lessons[file]))
        return found

    def _is_a_lessons(self, unit: _Unit, crowded: bool) -> bool:
        """Whether a folder is called as lessons are; a small number alone is, where many things are in one."""
        if not unit.is_folder or not identity.tells_nothing(unit.name, self._slugs):
            return False
        return crowded and len(unit.name) <= 2 if unit.name.isdigit() else True

    def _with_or_without_canvas(self, depth: int) -> list[Reading]:
        """The way that the names are of, or both."""
        plain = self._read(Layout.SUBFOLDERS if depth == 2 else self._first_level, depth, canvas=False)
        units = {self._unit(file, depth) for file in self._notebooks}
        names = [unit.stem for unit in units if not unit.is_folder and not self._by_platform(unit)]
        written = [found for name in names if (found := identity.canvas(name)) and found.likely]
        if not written or not _may_be_canvas(written):
            return [plain]
        layout = Layout.CANVAS if depth == 1 else Layout.SUBFOLDERS
        numbered = self._read(layout, depth, canvas=True)
        if all(found.certain for found in written):
            return [numbered]
        return [numbered] if _count(numbered) >= _count(plain) else [numbered, plain]

    @property
    def _first_level(self) -> Layout:
        deep = any(len(file.folders) > self._base for file in self._notebooks)
        return Layout.FOLDERS if deep else Layout.FILES

    # -- reading -------------------------------------------------------------------------------------------------

    def read(self, layout: Layout) -> Reading:
        """The class, read in this way."""
        if layout is Layout.ONE:
            owner = self._owner_of_all()
            return Reading(layout, tuple((owner,) for _ in self._files))
        depth = {Layout.FOLDERS: 1, Layout.SUBFOLDERS: 2}.get(layout, 100)
        return self._read(layout, depth, canvas=layout is Layout.CANVAS)

    def _owner_of_all(self) -> Identity:
        """The student whose all of it is, by the innermost folder that may be one's."""
        first = self._notebooks[0] if self._notebooks else None
        names = [*reversed(self._wrappers), self._root]
        if len(self._notebooks) == 1 and first and not self._is_archive:
            names.append(identity.stem(first.path.name))
        if not self._is_archive and not self._wrappers and len(self._files) == 1:
            names.reverse()
        for name in names:
            unit = _Unit(name, False, ())
            if self._is_a_students(unit):
                written = identity.canvas(unit.stem)
                return written.identity() if written and written.likely else self._by_platform(unit)[0]
        on_roster = (name for name in names if self._register.called(name).student)
        telling = (name for name in names if not identity.tells_nothing(name, self._slugs))
        return Identity(identity.clean(identity.stem(next(on_roster, "") or next(telling, names[0]))))

    def _read(self, layout: Layout, depth: int, canvas: bool) -> Reading:
        units = [self._unit(file, depth) for file in self._files]
        named = {unit: self._of_unit(unit, canvas) for unit in set(units)}
        keys = self._apart(self._keys([unit for unit in named if not named[unit]]), units)
        ids = _ids(keys.values())
        for unit, key in keys.items():
            named[unit] = (Identity(ids[key]),)
        owners = (
            named[unit] if self._has_owner(file, unit, named[unit]) else ()
            for file, unit in zip(self._files, units, strict=True)
        )
        return Reading(layout, tuple(owners))

    def _unit(self, file: File, depth: int) -> _Unit:
        """What names the owner of a file: a folder so many steps below the class's, or a platform's, or the file."""
        below = file.folders[self._base :]
        for i, name in enumerate(below[:depth]):
            unit = _Unit(name, not is_archive(name), tuple(below[:i]))
            if i == depth - 1 or self._is_a_students(unit):
                return unit
        return _Unit(file.path.name, False, tuple(below))

    def _of_unit(self, unit: _Unit, canvas: bool) -> tuple[Identity, ...]:
        """Whom platforms name."""
        written = identity.canvas(unit.stem) if canvas and not unit.is_folder else None
        return (written.identity(),) if written and written.likely else self._by_platform(unit)

    def _has_owner(self, file: File, unit: _Unit, named: tuple[Identity, ...]) -> bool:
        """Whether a file, or the folder that it is in, is somebody's; a text that lies beside all folders is not."""
        if is_leftover(unit.name):
            return False
        if file.kind is Kind.NOTEBOOK or unit.name in file.folders[self._base :]:
            return True
        return named[0].by_platform or bool(self._register.called(unit.stem).student)

    def _keys(self, units: Collection[_Unit]) -> dict[_Unit, str]:
        """What tells the students of units apart.

        Files of one student may differ by lesson and as copies do; whatever else differs is another student's.
        """
        keys = {unit: unit.stem for unit in units}
        alike: dict[tuple[object, ...], list[tuple[_Unit, str]]] = defaultdict(list)
        for unit in units:
            if not unit.is_folder:
                own, core = identity.own_words(unit.stem, self._slugs)
                keys[unit] = own or unit.stem
                alike[own, identity.lesson(unit.stem, self._slugs), unit.parents].append((unit, core))
        for (_, lesson, _), members in alike.items():
            cores, stems = {core for _, core in members}, {unit.stem for unit, _ in members}
            if len(cores) > 1 or len(stems) > 1 and not lesson and not stems & cores:
                keys |= {unit: unit.stem for unit, _ in members}
        return keys

    def _apart(self, keys: dict[_Unit, str], units: Sequence[_Unit]) -> dict[_Unit, str]:
        """Keys in which those who are called the same in two groups are two, where both have one lesson."""
        lessons: dict[str, set[tuple[str, tuple[str, ...]]]] = defaultdict(set)
        for file, unit in zip(self._files, units, strict=True):
            if unit in keys and file.kind is Kind.NOTEBOOK:
                group = next((name for name in unit.parents if identity.tells_nothing(name, self._slugs)), "")
                lessons[keys[unit]].add((self._lessons[file] or group, unit.parents))
        twice = {key for key, own in lessons.items() if len({lesson for lesson, _ in own}) < len(own)}
        return {unit: "/".join((*unit.parents, key)) if key in twice else key for unit, key in keys.items()}

    def _own_words(self, file: File) -> str:
        return identity.own_words(identity.stem(file.path.name), self._slugs)[0]

    @cached_property
    def _lessons(self) -> dict[File, str]:
        """The lesson whose name each file bears; empty where it bears none."""
        return {file: identity.lesson(file.path.name, self._slugs) for file in self._files}


def _count(reading: Reading) -> int:
    """How many students one comes to."""
    return len({who.student for owners in reading.owners for who in owners})


def _may_be_canvas(written: Sequence[identity.CanvasName]) -> bool:
    """Whether one number has one name, one upload one student, and the names are not all a homework's."""
    names, uploads = defaultdict(set), defaultdict(set)
    for found in written:
        names[found.student].add(found.name)
        uploads[found.upload].add(found.student)
    if any(len(several) > 1 for several in (*names.values(), *uploads.values())):
        return False
    return len(names) == 1 or len({found.name for found in written}) > 1 or all(found.certain for found in written)


def _is_crowded(places: Iterable[tuple[str, str]]) -> bool:
    """Whether one lesson is in several places."""
    return max(Counter(lesson for _, lesson in places).values()) > 1


def _ids(keys: Iterable[str]) -> dict[str, str]:
    """For each key an id that people can read; those that would read alike get a sign of their own."""
    alike = defaultdict(set)
    for key in keys:
        alike[identity.clean(key)].add(key)
    return {
        key: plain if plain and (len(own) == 1 or key == plain) else f"{plain or 'nameless'}-{_sign(key)}"
        for plain, own in alike.items()
        for key in own
    }


def _sign(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:6]
