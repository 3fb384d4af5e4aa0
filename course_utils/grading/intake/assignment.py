"""Who owes what, and what is there: one item of work for each student and lesson, and a place for every file."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from . import capstones, files, identity, layouts
from .files import File, Kind
from .helpers import beside
from .identity import Identity, shown
from .layouts import Layout, Unsure
from .lessons import Lesson
from .mapping import Owner, key
from .reading import RawCell, Unreadable, read
from .register import Match, Register
from .roster import Student

_MOST_BYTES, _COST_OF_DAMAGE, _COST_OF_A_SIGN = 100 * 2**20, 5 * 2**20, 40
"""What is read of one student; what a file counts for that cannot be had, and each sign that JSON is made of."""
_MOST_OF_ONE = 200
_MOST_NAMED = 5
_COPY = re.compile(r"copy|kopie|\([0-9]+\)", re.IGNORECASE)


@dataclass(frozen=True)
class Item:
    """A lesson of a student.

    Attributes:
        student: as the roster has it, or as the submission says.
        lesson: two digits.
        found: the notebook; ``None`` where there is none.
        notes: sentences.
        helpers: modules beside it.
        capstone: its results file, and the weights beside that; empty where there is none.
    """

    student: Student
    lesson: str
    found: File | None
    notes: tuple[str, ...] = ()
    helpers: tuple[File, ...] = ()
    capstone: tuple[File, ...] = ()

    @property
    def owed(self) -> tuple[str, str]:
        """Student and lesson."""
        return self.student.id, self.lesson


@dataclass
class Place:
    """A file, whose it is, and what became of it.

    Attributes:
        file: which.
        student: its owner; ``None`` where it is nobody's.
        late: whether the platform marked it so.
        by: what told the owner on the roster.
        lesson: two digits; empty where it is none.
        holds: whether it holds exercises of that lesson.
        says: what became of it.
        notes: sentences for the owner's item.
    """

    file: File
    student: Student | None = None
    late: bool = False
    by: str = ""
    lesson: str = ""
    holds: bool = False
    says: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Class:
    """A class, as it was handed in.

    Attributes:
        items: one for each student and lesson.
        places: one for each file and owner.
        layout: how whose each file is was read; ``None`` where a person had said it of all.
    """

    items: list[Item]
    places: list[Place]
    layout: Layout | None = None

    @property
    def missing(self) -> list[Student]:
        """Those who have no notebook of any lesson."""
        there = {item.student.id for item in self.items if item.found}
        return list({item.student.id: item.student for item in self.items if item.student.id not in there}.values())

    @property
    def owners(self) -> set[str]:
        """Ids of those whose files were found."""
        return {place.student.id for place in self.places if place.student}

    @property
    def strangers(self) -> list[Student]:
        """Those who are not on the roster, if there is one."""
        found = {place.student.id: place.student for place in self.places if place.student and place.student.notes}
        return list(found.values())


@dataclass(frozen=True)
class Folder:
    """What is to be sorted.

    Attributes:
        root: folder of submissions, or one notebook or archive.
        skip: the folder of results, in which nothing was handed in.
        layout: what names the student; ``None`` to find out.
        owners: of files, as a person has said it, by the path that is shown.
    """

    root: Path
    skip: Path = Path("/nowhere")
    layout: Layout | None = None
    owners: Mapping[str, Owner] = field(default_factory=dict)


class NothingFound(ValueError):
    """A folder without any notebook, or with none that can be read; the message says what is there."""


def sort(folder: Folder, roster: Sequence[Student], lessons: Mapping[str, Lesson], only: str | None) -> Class:
    """The class: everyone on the roster, and whoever handed something in.

    Args:
        folder: where to look.
        roster: may be empty.
        lessons: all that can be graded, by number.
        only: number of the one lesson to grade; default: all of which at least one notebook was found.

    Raises:
        NothingFound: where there is nothing to grade.
        Unsure: where it may be read in two ways.
        Unreadable: where all of it is an archive that is none.
    """
    found = files.listed(folder.root, folder.skip)
    _refuse_nothing(found, folder.root)
    slugs, register = tuple(lesson.slug for lesson in lessons.values()), Register(roster)
    owners = {file: folder.owners.get(key(file.path)) for file in found}
    places = [_by_hand(file, owner, register) for file, owner in owners.items() if owner]
    left = [file for file, owner in owners.items() if not owner]
    to_read = any(file.kind is Kind.NOTEBOOK for file in left)
    reading = layouts.read(left, folder.root, slugs, register, folder.layout) if to_read else None
    if reading:
        places += _owned(left, reading, register)
    else:
        places += [Place(file, says=file.says or _nobodys(file)) for file in left]
    _tell_lessons(places, lessons, only)
    return Class(_items(places, roster, only), places, reading.layout if reading else None)


def undecided(found: Unsure) -> list[Place]:
    """A place for every file of a class that can be read in two ways, with an owner where both have the same."""
    first, second = found.readings[:2]
    places = []
    for file, one, other in zip(found.files, first.owners, second.owners, strict=True):
        if one == other and len(one) <= 1:
            owner = Student(one[0].student, one[0].name) if one else None
            places.append(Place(file, owner, says=file.says or _nobodys(file)))
        else:
            ways = (" and ".join(who.student for who in own) or "nobody" for own in (one, other))
            places.append(Place(file, says=" or ".join(ways)))
    return places


def _refuse_nothing(found: Sequence[File], root: Path) -> None:
    notebooks = [file for file in found if file.kind is Kind.NOTEBOOK]
    if not notebooks:
        others = f" among its {len(found):,} files" if found else ""
        raise NothingFound(f"{root} has no notebook (.ipynb) or zip file{others}: give the folder of submissions.")
    if all(file.says for file in notebooks):
        first = notebooks[0]
        raise NothingFound(f"Nothing in {root} can be read. {shown(first.path)}: {first.says}")


def _by_hand(file: File, owner: Owner, register: Register) -> Place:
    """A file whose owner a person has named."""
    if not owner.student:
        return Place(file, by="mapping file", says="Left out by the mapping file.")
    match = register.find([owner.student])
    student = match.student or _stranger(Identity(owner.student), register)
    return Place(file, student, by="mapping file", lesson=owner.lesson)


def _owned(found: Sequence[File], reading: layouts.Reading, register: Register) -> Iterable[Place]:
    """Places of files with their owners on the roster, or beside it."""
    everyone = {who: None for owners in reading.owners for who in owners}
    matches = {who: register.match(who) for who in everyone}
    several = _several_by_name(matches)
    for file, owners in zip(found, reading.owners, strict=True):
        if not owners:
            yield Place(file, says=file.says or _nobodys(file))
        for who in owners:
            match = matches[who]
            if match.student and match.student.id not in several:
                yield Place(file, match.student, who.late, match.by, notes=_differing(who, match.student))
            else:
                yield Place(file, _stranger(who, register, match.candidates), who.late)


def _several_by_name(matches: Mapping[Identity, Match]) -> set[str]:
    """Students of the roster whose name several people bear, as the platform's numbers tell."""
    numbers: dict[str, set[str]] = defaultdict(set)
    for who, match in matches.items():
        if match.student and who.by_platform and match.by == "name":
            numbers[match.student.id].add(who.student)
    return {student for student, own in numbers.items() if len(own) > 1}


def _stranger(who: Identity, register: Register, candidates: Sequence[Student] = ()) -> Student:
    """Somebody of whom the roster does not know, or not clearly; whose id is none of the roster's."""
    if not len(register):
        return Student(who.student, who.name)
    notes = "Not on the roster."
    if candidates:
        notes = f"Not clear who on the roster: {', '.join(s.called for s in candidates[:_MOST_NAMED])}."
    taken = register.find([who.student]).student
    return Student(f"{who.student} (not on the roster)" if taken else who.student, who.name, notes=(notes,))


def _differing(who: Identity, student: Student) -> tuple[str, ...]:
    """A note where an id means somebody whose name has nothing of the name that the platform gives."""
    ours, theirs = (re.findall(r"[^\W\d_]{2,}", name.casefold()) for name in (student.name, who.name))
    if not ours or not theirs or any(a in b or b in a for a in ours for b in theirs):
        return ()
    return (f"The roster calls {student.id} {student.name!r}, the file {who.name!r}.",)


def _nobodys(file: File) -> str:
    return {Kind.EMPTY: "An empty folder.", Kind.OTHER: "No notebook."}.get(file.kind, "")


def _tell_lessons(places: Sequence[Place], lessons: Mapping[str, Lesson], only: str | None) -> None:
    """Find out the lesson of each notebook, and say of each other file why it is none."""
    count: dict[str, int] = defaultdict(int)
    bytes_read: dict[str, int] = defaultdict(int)
    for place in places:
        if not place.student:
            continue
        if place.file.kind is not Kind.NOTEBOOK:
            place.says = place.file.says or _nobodys(place.file)
            continue
        owner = place.student.id
        count[owner] += 1
        if count[owner] > _MOST_OF_ONE or bytes_read[owner] > _MOST_BYTES:
            place.says = "Not read: the same student has handed in more than any lesson needs."
            place.file = replace(place.file, says=place.says)
        bytes_read[owner] += _tell_lesson(place, lessons, only)


def _tell_lesson(place: Place, lessons: Mapping[str, Lesson], only: str | None) -> int:
    """Find out which lesson a notebook is: by its name and by what is in it. Returns the bytes that were read."""
    by_name = place.lesson or identity.lesson(place.file.path.name, tuple(lesson.slug for lesson in lessons.values()))
    size = _COST_OF_DAMAGE
    try:
        data = place.file.read()
        size = len(data) + _COST_OF_A_SIGN * sum(map(data.count, (b",", b"{", b"[")))
        cells = read(data).cells
    except Unreadable as error:
        place.lesson = by_name or only or next(iter(lessons), "")
        place.says = f"Unreadable: {error}"
        return size
    held = _held(cells, lessons, by_name)
    place.lesson = place.lesson or held or by_name or only or ""
    if only and place.lesson != only and by_name == only:
        place.lesson = only
    place.holds = held == place.lesson
    if held and by_name and held != by_name:
        place.notes += (f"It bears the name of lesson {by_name}, but holds the exercises of lesson {held}.",)
    if not place.lesson:
        place.says = "No lesson of this course."
    elif only and place.lesson != only:
        place.says = f"Lesson {place.lesson}, which was not asked for."
    return size


def _held(cells: tuple[RawCell, ...], lessons: Mapping[str, Lesson], by_name: str) -> str:
    """The lesson whose exercises a notebook holds: the one whose name it bears, if it holds any of its own."""
    if by_name and lessons[by_name].recognises(cells):
        return by_name
    scores = {number: lesson.recognises(cells) for number, lesson in lessons.items()}
    best = max(scores, key=lambda number: scores[number], default="")
    return best if best and scores[best] else ""


def _items(places: Sequence[Place], roster: Sequence[Student], only: str | None) -> list[Item]:
    students = {student.id: student for student in roster}
    chosen: dict[tuple[str, str], list[Place]] = defaultdict(list)
    others: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        if place.student:
            students.setdefault(place.student.id, place.student)
            wanted = place.file.kind is Kind.NOTEBOOK and place.lesson and only in (None, place.lesson)
            (chosen[place.student.id, place.lesson] if wanted else others[place.student.id]).append(place)
    lessons = [only] if only else sorted({lesson for _, lesson in chosen})
    return [
        _item(students[student], lesson, chosen.get((student, lesson), []), others[student])
        for lesson in lessons
        for student in sorted(students)
    ]


def _item(student: Student, lesson: str, own: list[Place], others: list[Place]) -> Item:
    """Of several notebooks the newest that holds the exercises; copies that editors make come last."""
    if not own:
        there = [shown(place.file.path)[-80:] for place in others if place.file.kind in (Kind.NOTEBOOK, Kind.OTHER)]
        more = f" and {len(there) - _MOST_NAMED} more" if len(there) > _MOST_NAMED else ""
        seen = [f"There is no notebook of this lesson, but: {', '.join(there[:_MOST_NAMED])}{more}."] if there else []
        return Item(student, lesson, None, (*student.notes, *seen))
    last = max(own, key=_how_late)  # before anything is said of those that can be read
    for place in own:
        place.says = place.says or ("Taken." if place is last else f"Not taken: {shown(last.file.path)} was.")
    notes = [*student.notes, *last.notes]
    if len(own) > 1:
        names = ", ".join(shown(place.file.path)[-80:] for place in own[:_MOST_NAMED])
        newest = shown(last.file.path)[-80:]
        notes.append(f"{len(own)} notebooks were found; {newest!r} was graded, the newest with exercises ({names}).")
    if last.late:
        notes.append("Handed in late.")
    rest = [place.file for place in others if place.file.kind is Kind.OTHER]
    helpers = beside(last.file, rest)
    capstone, said = capstones.beside(last.file, rest) if lesson == capstones.LESSON else ((), ())
    taken = {file.path for file in (*helpers, *capstone)}
    for place in others:
        place.says = "Goes with the notebook." if place.file.path in taken else place.says
    if helpers:
        notes.append(f"Beside the notebook: {', '.join(file.path.name for file in helpers)}.")
    return Item(student, lesson, last.file, (*notes, *said), helpers, capstone)


def _how_late(place: Place) -> tuple[object, ...]:
    path = place.file.path
    return (
        not place.says,
        place.holds,
        place.file.modified,
        not _COPY.search(path.name),
        _by_number(str(path)),
    )


def _by_number(name: str) -> list[str | tuple[int, str]]:
    """A name to sort by, in which ``-10`` comes after ``-9``."""
    parts = re.split(r"([0-9]+)", name)
    return [(len(part.lstrip("0")), part) if i % 2 else part for i, part in enumerate(parts)]
