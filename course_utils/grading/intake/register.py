"""Whom an id, a login, an e-mail address or a name means; nobody where it may be several."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from .identity import Identity
from .roster import Student

_WORDS = re.compile(r"[^\W_]+")
_MOST_WORDS = 40


@dataclass(frozen=True)
class Match:
    """Whom something means.

    Attributes:
        student: the one student; ``None`` for nobody, and where it may be several.
        by: the column that told.
        candidates: all whom it may mean.
    """

    student: Student | None = None
    by: str = ""
    candidates: tuple[Student, ...] = ()


@dataclass
class _Keys:
    """Which students a text means, and by which column."""

    owners: dict[str, dict[str, str]] = field(default_factory=dict)

    def add(self, key: str, student: str, column: str) -> None:
        """Let a text mean a student."""
        if key:
            self.owners.setdefault(key, {}).setdefault(student, column)


class Register:
    """Finds students; it is made once, and a look into it costs the same for a class of ten and of ten thousand.

    Args:
        students: among whom.
    """

    def __init__(self, students: Iterable[Student]) -> None:
        self._students = {student.id: student for student in students}
        self._exact, self._ids, self._loose, self._names, self._joined = (_Keys() for _ in range(5))
        for student in self._students.values():
            for column, value in (("id", student.id), *student.others):
                self._add_id(student.id, column, value)
            for spelling in _spellings(student.name):
                words = _WORDS.findall(spelling)[:_MOST_WORDS]
                for i in range(len(words)):
                    turned = words[i:] + words[:i]
                    self._names.add(" ".join(turned), student.id, "name")
                    self._joined.add("".join(turned), student.id, "name")
        every = (key for keys in (self._ids, self._loose, self._names) for key in keys.owners)
        self._longest = max((key.count(" ") + 1 for key in every), default=0)

    def _add_id(self, student: str, column: str, value: str) -> None:
        self._exact.add(value, student, column)
        self._ids.add(_key(value), student, column)
        self._ids.add(_number_of_participant(value), student, column)
        if value.isdigit():
            self._loose.add(value.lstrip("0"), student, f"{column} without zeros")
        if "@" in value:
            self._loose.add(_key(value.partition("@")[0]), student, column)

    def __len__(self) -> int:
        """How many students."""
        return len(self._students)

    def match(self, who: Identity) -> Match:
        """Whom an identity means."""
        if who.by_platform:
            return self.find([who.student, *who.others], who.name)
        return self.called(who.student)

    def find(self, ids: Collection[str], name: str = "") -> Match:
        """Whom ids mean, else whom a name means; nobody where ids and name mean different people.

        Args:
            ids: that a submission, or a line of a file, gives.
            name: likewise; empty where there is none.
        """
        by_name = self._by_name(name)
        folded = [key for text in ids for key in (_key(text), _number_of_participant(text))]
        loose = [key.lstrip("0") if key.isdigit() else key for key in folded]
        for keys, texts in ((self._exact, ids), (self._ids, folded), (self._loose, loose)):
            if hits := {student: by for text in texts for student, by in keys.owners.get(text, {}).items()}:
                match = self._only(hits)
                if match.student and by_name.student not in (None, match.student):
                    return Match(candidates=(match.student, *by_name.candidates))
                return match
        return by_name

    def called(self, text: str) -> Match:
        """Whom a folder's or a file's name means, as a whole, or by an id or a name in it."""
        for match in (self.find([text]), self._by_name(text)):
            if match.candidates:
                return match
        return self._within(text)

    def _by_name(self, name: str) -> Match:
        for keys, blank in ((self._names, " "), (self._joined, "")):
            for spelling in _spellings(name):
                if hits := keys.owners.get(blank.join(_WORDS.findall(spelling))):
                    return self._only(hits)
        return Match()

    def _within(self, text: str) -> Match:
        """Whom words in a text mean: the longer of two that overlap; a small number only where nothing else does."""
        words = _WORDS.findall(_folded(text))[:_MOST_WORDS]
        found: dict[tuple[int, int], dict[str, str]] = {}
        for length in range(min(self._longest, len(words)), 0, -1):
            for i in range(len(words) - length + 1):
                if all(i + length <= start or end <= i for start, end in found):
                    if hits := self._of_words(words[i : i + length]):
                        found[i, i + length] = hits
        strong = [hits for (i, end), hits in found.items() if not re.fullmatch("[0-9]{1,2}", " ".join(words[i:end]))]
        sets = strong or list(found.values())
        agreed = [student for student in (sets[0] if sets else ()) if all(student in hits for hits in sets)]
        merged = {student: by for hits in sets for student, by in hits.items()}
        return self._only({student: merged[student] for student in agreed} or merged)

    def _of_words(self, words: list[str]) -> dict[str, str]:
        spaced = " ".join(words)
        for keys in (self._ids, self._loose, self._names):
            if hits := keys.owners.get(spaced):
                return hits
        return self._joined.owners.get(spaced, {})

    def _only(self, hits: Mapping[str, str]) -> Match:
        candidates = tuple(self._students[student] for student in hits)
        if len(candidates) == 1:
            return Match(candidates[0], hits[candidates[0].id], candidates)
        return Match(candidates=candidates)


def _folded(text: str) -> str:
    """In small letters, composed."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _key(text: str) -> str:
    """An id as it is looked up: its letters and numbers."""
    return " ".join(_WORDS.findall(_folded(text)))


def _number_of_participant(text: str) -> str:
    """The number in what Moodle calls a participant, in any of its languages; else the empty string."""
    match = re.fullmatch(r"(?:particip|partecip|teilnehm|deelnem)\D*(\d+)", text.strip(), re.IGNORECASE)
    return match[1] if match else ""


def _spellings(name: str) -> Iterator[str]:
    """A name as it is written, and as those write it who have no keys for its letters."""
    plain = _folded(name)
    yield plain
    apart = unicodedata.normalize("NFKD", plain)
    yield apart.translate({0x308: "e"}) if "\u0308" in apart else plain
    yield "".join(letter for letter in apart if not unicodedata.combining(letter)).replace("ø", "o").replace("ł", "l")


def linked(roster: Sequence[Student], known: Sequence[Student]) -> list[Student]:
    """The roster with the ids that a platform has for its students, where it is clear who is meant.

    Args:
        roster: the class.
        known: the same people, as a platform's export has them.
    """
    register = Register(roster)
    twins: dict[str, Student] = {}
    for student in known:
        match = register.find([student.id, *(value for _, value in student.others)], student.name)
        if match.student:
            twins.setdefault(match.student.id, student)
    return [_joined(student, twins[student.id]) if student.id in twins else student for student in roster]


def _joined(student: Student, twin: Student) -> Student:
    others = (*student.others, ("platform's id", twin.id), *twin.others)
    return replace(student, name=student.name or twin.name, others=others)
