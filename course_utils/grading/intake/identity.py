"""What the name of a folder or file says of its owner, as platforms write it, or people."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

_CANVAS = re.compile(r"(?P<name>[^_]+)_(?P<late>LATE_)?(?P<id>[0-9]+)_(?P<upload>[0-9]+)_(?P<rest>.+)", re.DOTALL)
_OF_FOLDERS = (
    re.compile(r"(?P<name>.+)_(?P<id>[0-9]+)_assignsubmission_(file|onlinetext)_?", re.DOTALL),  # Moodle
    re.compile(r"(?P<id>[0-9]+)-[0-9]+ - (?P<name>.+?) ?- [^-]*[0-9]{4}[^-]*", re.DOTALL),  # Brightspace
)
_OF_FILES = (
    re.compile(r"(?P<name>.+?)_(?P<id>[0-9]+)_assignsubmission_(file|onlinetext)_.*", re.DOTALL),  # Moodle
    re.compile(r"(?P<id>[0-9]+)-[0-9]+ - (?P<name>.+?) ?- [^-]*[0-9]{4}[^-]* - .*", re.DOTALL),  # Brightspace
    re.compile(r".+?_(?P<id>[^_]+)_attempt_[0-9]{4}(-[0-9]{2}){5}(_.*)?", re.DOTALL),  # Blackboard
)
"""A folder's name ends with the platform's words; a file's begins with them, and the rest is the student's own choice,
which may imitate those words with somebody else's number."""
_ENDING = re.compile(r"(\.ipynb)?\.[A-Za-z0-9]{1,8}$", re.IGNORECASE)
_COPY = re.compile(r"[ _.-]*((copy|kopie|copia|copie)[ _-]*[0-9]*|[ _.-](final|solution|new))$", re.IGNORECASE)
_COUNT = re.compile(r"([ _]*\([0-9]{1,3}\)|-[0-9]{1,3})$")
_LONGEST = 300
_SHOWN = 100
_WORDS = re.compile(r"[^\W_]+")
_PARTS = re.compile(r"[^\W\d_]+|[0-9]+")
_TELLS_NOTHING = set(
    """
    abgabe abgaben all alle archive assignment assignments aufgabe aufgaben blatt canvas class course data devoir
    devoirs download downloads entrega entregas ex exercise exercises export exports file files gradescope handin
    homework homeworks hw in inbox kurs lab lesson lessons moodle new notebook notebooks plain problem project ps
    remises serie sheet solution solutions students sub submission submissions submitted subs tarea tareas task tmp tp
    ubung uebung unit week woche zettel übung übungen übungsblatt
    """.split()
)
"""Words that a person calls a folder of a class, or a lesson."""


@dataclass(frozen=True)
class Identity:
    """Who handed something in.

    Attributes:
        student: an id: the platform's number, a folder's name, or a file's.
        name: as the platform writes it; empty where it does not.
        late: whether the platform marked it so.
        by_platform: whether a platform gave the id.
        others: further ids that the platform tells.
    """

    student: str
    name: str = ""
    late: bool = False
    by_platform: bool = False
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class CanvasName:
    """What Canvas puts before a file's own name."""

    name: str
    student: str
    upload: str
    late: bool

    @property
    def likely(self) -> bool:
        """Whether numbers and name are as Canvas gives them, and not a homework's."""
        return not tells_nothing(self.name) and not self.student.startswith("0") and not self.upload.startswith("0")

    @property
    def certain(self) -> bool:
        """Whether the numbers are as large as those of a site in use."""
        return self.likely and len(self.student) >= 3 and len(self.upload) >= 4

    def identity(self) -> Identity:
        """Whom it names."""
        return Identity(clean(self.student), clean(self.name), self.late, by_platform=True)


def canvas(stem: str) -> CanvasName | None:
    """What Canvas wrote into a file's name, if it may have been Canvas."""
    match = _CANVAS.fullmatch(stem[:_LONGEST])
    return CanvasName(match["name"], match["id"], match["upload"], bool(match["late"])) if match else None


def of_platform(name: str, is_folder: bool) -> Identity | None:
    """The identity that Moodle, Brightspace or Blackboard wrote into a name, unmistakably; else ``None``."""
    for pattern in _OF_FOLDERS if is_folder else _OF_FILES:
        if match := pattern.fullmatch(name[:_LONGEST]):
            return Identity(clean(match["id"]), clean(match.groupdict().get("name") or ""), by_platform=True)
    return None


def stem(name: str) -> str:
    """A file's name without its ending."""
    return _ENDING.sub("", name)


def own_words(stem: str, slugs: Iterable[str]) -> tuple[str, str]:
    """What a file's name says beside the lesson's name, and the name without what editors add to a copy's.

    Args:
        stem: the name without its ending.
        slugs: names of lessons, without their endings.
    """
    if len(stem) > _LONGEST:
        return stem, stem
    core, shorter = stem, _COUNT.sub("", _COPY.sub("", stem))
    while shorter != core and shorter.strip(" _.-"):
        core, shorter = shorter, _COUNT.sub("", _COPY.sub("", shorter))
    start, end = _lesson_at(core, slugs)
    if not end:
        return core, core
    before, behind = core[:start].rstrip(" _-(["), core[end:].lstrip(" _-)]")
    return f"{before}_{behind}" if before and behind else (before + behind).strip("()[]"), core


def _lesson_at(text: str, slugs: Iterable[str]) -> tuple[int, int]:
    """From where to where a lesson's name stands in a text, with whatever signs between its words; else (0, 0)."""
    places = [(match.start(), match.end()) for match in _WORDS.finditer(text)]
    words = [text[start:end].casefold() for start, end in places]
    for slug in slugs:
        wanted = slug.casefold().split("_")
        for i in range(len(words) - len(wanted) + 1):
            if words[i : i + len(wanted)] == wanted:
                return places[i][0], places[i + len(wanted) - 1][1]
    return 0, 0


@lru_cache(maxsize=10_000)
def lesson(name: str, slugs: tuple[str, ...]) -> str:
    """The two digits of the lesson whose name a file bears, or the empty string."""
    return next((slug[:2] for slug in slugs if _lesson_at(name[:_LONGEST], [slug])[1]), "")


def tells_nothing(name: str, slugs: Iterable[str] = ()) -> bool:
    """Whether a name is one of a class or of a lesson: numbers, and words of homework."""
    start, end = _lesson_at(name, slugs)
    parts = [part.casefold() for part in _PARTS.findall(name[:start] + " " + name[end:])]
    return all(part in _TELLS_NOTHING or part.isdigit() for part in parts)


def readable(name: str) -> str:
    """A name that a system gave as bytes of another alphabet, in letters."""
    try:
        name.encode("utf-8")
        return name
    except UnicodeEncodeError:
        return name.encode("utf-8", "surrogateescape").decode("cp1252", "replace")


def clean(text: str) -> str:
    """A name in letters, composed, on one line, of a length that fits a file's name; two may become alike."""
    try:
        text = readable(text)
    except UnicodeEncodeError:
        text = text.encode("utf-8", "replace").decode()
    text = unicodedata.normalize("NFC", text[: 4 * _LONGEST])
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= _SHOWN else text[:_SHOWN].rstrip() + "…"


def shown(path: object) -> str:
    """A path for people and tables: on one line, and different for different paths."""
    text = str(path).replace("\\", "\\\\").encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    inner = text.strip(" ")
    start = text.index(inner) if inner else 0
    return "\\x20" * start + inner + "\\x20" * (len(text) - start - len(inner))
