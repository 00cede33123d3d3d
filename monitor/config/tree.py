"""The text of config.yaml as a tree of plain values, every one with its line and column.

Takes text, gives a `Document`: tables, lists and texts, and the faults of its form (syntax, a key written twice,
anchors, aliases, tags). It works on ruamel's parser events and not on its loader for three reasons: every scalar stays
the text that was typed (`NO`, `12:30`, `0123`), all faults of form are found and not only the first, and an alias is
refused where it stands, so nothing is ever expanded. It does not know what any key means.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StringMark
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from monitor.errors import Fault

Path = tuple[str | int, ...]

# Nothing in a config is nested deeper than five. ruamel's scanner is quadratic in open brackets: a hundred thousand of
# them took minutes before the first event of a loader, so the walk stops at the first event that is too deep.
_MAX_DEPTH = 12
# A config of a thousand sources has some twenty thousand events, at about 25 µs each.
_MAX_EVENTS = 200_000

# Sections stand at depth 0, their entries at 2: an entry is what is left out for a syntax error.
_ENTRY_DEPTH = 2
_KEY = re.compile(r"""\s*["']?([^\s"':#]+)["']?\s*:""")

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
# YAML counts these as line breaks, editors do not: left in, every line number after one would be wrong.
_OTHER_BREAKS = str.maketrans({"\x85": " ", "\u2028": " ", "\u2029": " "})


@dataclass(frozen=True, slots=True)
class Text:
    """One scalar as typed. `style` is "" for plain, else the quote or the sign of its block (`|`, `>`).

    `line` and `column` count from 1; `last` is the line on which it ends.
    """

    value: str
    line: int
    column: int
    style: str = ""
    last: int = 0


@dataclass(frozen=True, slots=True)
class Items:
    """A YAML list."""

    values: tuple["Node", ...]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Table:
    """A YAML mapping; `keys` are the places of its keys."""

    entries: dict[str, "Node"]
    keys: dict[str, tuple[int, int]]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Broken:
    """Something whose fault is already told: later checks pass over it."""

    line: int
    column: int


Node = Text | Items | Table | Broken


@dataclass(frozen=True, slots=True)
class Document:
    """What a text holds.

    `lost` are the keys of entries that were left out for their syntax; `cut` tells that reading had to stop. What is
    missing then proves nothing.
    """

    root: Node
    lines: tuple[str, ...]
    faults: tuple[Fault, ...]
    lost: frozenset[str] = frozenset()
    cut: bool = False


class _StopReadingError(Exception):
    """The text is too deep or too long to go on with; the fault is already told."""


def dotted(path: Path) -> str:
    """Return a key path as people write it: `sources.vietnam-fr.feeds[1]`."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def read(text: str, file: str) -> Document:
    """Read a YAML text. Never raises for what stands in it: every fault of its form is in the document's `faults`.

    An entry with a syntax error is left out and the rest is read again, so that one open bracket does not hide the
    other faults of the file.
    """
    text = text.removeprefix("\ufeff").translate(_OTHER_BREAKS).replace("\r\n", "\n").replace("\r", "\n")
    lines = tuple(text.split("\n"))
    left = [_CONTROL.sub("\ufffd", line) for line in lines]
    told = list(_control_characters(lines, file))
    lost: set[str] = set()
    events = 0
    while True:
        reader = _Reader(file, count=events)
        root, where = reader.document("\n".join(left))
        if where is None:
            return Document(root, lines, (*told, *reader.faults), frozenset(lost))
        entry = _entry_around(left, where)
        events = reader.count
        if entry is None or events > _MAX_EVENTS:
            return Document(root, lines, (*told, *reader.faults), frozenset(lost), cut=True)
        # Other faults that stand before the error are found again with the next reading.
        told.append(reader.faults[-1])
        lost.update(match[1] for line in left[entry.start : entry.stop] if (match := _KEY.match(line)))
        left[entry.start : entry.stop] = [""] * len(entry)


def _control_characters(lines: tuple[str, ...], file: str) -> Iterator[Fault]:
    for number, line in enumerate(lines, 1):
        for found in _CONTROL.finditer(line):
            message = f"control character U+{ord(found[0]):04X}; remove it"
            yield Fault(file, number, found.start() + 1, "yaml", message)


def _entry_around(lines: list[str], number: int) -> range | None:
    """Return the lines (from 0) of the section or entry that holds line `number` (from 1), None where all is blank."""
    start = min(number, len(lines)) - 1
    while start >= 0 and (not lines[start].strip() or _depth(lines[start]) > _ENTRY_DEPTH):
        start -= 1
    if start < 0:
        return None
    stop = start + 1
    while stop < len(lines) and (not lines[stop].strip() or _depth(lines[stop]) > _depth(lines[start])):
        stop += 1
    return range(start, stop)


def _depth(line: str) -> int:
    line = line.expandtabs()
    return len(line) - len(line.lstrip())


@dataclass(slots=True)
class _Reader:
    """Builds the tree from events; `path` is where it stands, `count` how many nodes were read."""

    file: str
    faults: list[Fault] = field(default_factory=list)
    path: list[str | int] = field(default_factory=list)
    count: int = 0

    def document(self, text: str) -> tuple[Node, int | None]:
        """Return the root, and None or the line in which reading broke off; its fault is the last one then."""
        # What is left of a text that breaks off: the sections that were whole.
        whole = Table({}, {}, 1, 1)
        events = YAML(typ="safe", pure=True).parse(text)
        try:
            return self._only_document(events, whole), None
        except MarkedYAMLError as error:
            place, message = _explained(error)
            self._fault(place, message)
            return whole, place[0]
        except _StopReadingError:
            return whole, 0

    def _only_document(self, events: Iterator[Event], whole: Table) -> Node:
        root: Node | None = None
        for event in events:
            if isinstance(event, DocumentStartEvent):
                if root is not None:
                    self._fault(_place(event), "a second document begins here; a config is one document")
                    break
            elif not isinstance(event, NodeEvent):
                continue
            else:
                root = self._node(events, event, whole)
        return root or Text("", 1, 1)

    def _node(self, events: Iterator[Event], event: Event, table: Table | None = None) -> Node:
        """Build the node that begins with `event`; a mapping fills `table` where one is given."""
        self.count += 1
        place = _place(event)
        if len(self.path) > _MAX_DEPTH or self.count > _MAX_EVENTS:
            self._fault(place, "nested too deeply" if self.count <= _MAX_EVENTS else "too many keys and values")
            raise _StopReadingError
        refused = self._properties(event)
        node: Node
        if isinstance(event, MappingStartEvent):
            node = self._table(events, table or Table({}, {}, *place))
        elif isinstance(event, SequenceStartEvent):
            node = self._items(events, place)
        elif isinstance(event, ScalarEvent):
            node = Text(event.value, *place, event.style or "", _last_line(event))
        else:
            node = Broken(*place)
        return Broken(*place) if refused else node

    def _properties(self, event: Event) -> bool:
        """Tell of an alias, an anchor or a tag; each has something else to be written instead."""
        place = _place(event)
        if isinstance(event, AliasEvent):
            self._fault(
                place,
                f"*{event.anchor} is a YAML alias, which is not used here: write the value out; "
                f"a term is written {event.anchor}* for a beginning, or in a block (|) without quotes",
            )
            return True
        if not isinstance(event, NodeEvent):
            return False
        anchor = event.anchor
        tag = str(getattr(event, "tag", None) or "").replace("tag:yaml.org,2002:", "!!")
        if anchor is not None:
            self._fault(place, f"&{anchor} is a YAML anchor, which is not used here: remove it, or quote the text")
        if tag:
            self._fault(place, f"{tag} is a YAML tag, which is not used here: remove it, or quote the text")
        return anchor is not None or bool(tag)

    def _items(self, events: Iterator[Event], place: tuple[int, int]) -> Items:
        values: list[Node] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            self.path.append(len(values))
            values.append(self._node(events, event))
            self.path.pop()
        return Items(tuple(values), *place)

    def _table(self, events: Iterator[Event], table: Table) -> Table:
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            self._entry(events, event, table)
        return table

    def _entry(self, events: Iterator[Event], event: Event, table: Table) -> None:
        key = self._key(events, event)
        place = _place(event)
        self.path.append(key if key is not None else "?")
        if key is not None and key in table.keys:
            self._fault(place, f"written twice; it stands in line {table.keys[key][0]} already")
            key = None
        value = self._node(events, next(events))
        self.path.pop()
        if key is not None:
            table.entries[key] = value
            table.keys[key] = place

    def _key(self, events: Iterator[Event], event: Event) -> str | None:
        if isinstance(event, ScalarEvent):
            self._properties(event)
            return str(event.value)
        self._fault(_place(event), "a key must be one word of text")
        told = len(self.faults)
        self._node(events, event)
        del self.faults[told:]
        return None

    def _fault(self, place: tuple[int, int], message: str) -> None:
        self.faults.append(Fault(self.file, *place, dotted(tuple(self.path)) or "yaml", message))


def _place(event: Event) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _last_line(event: Event) -> int:
    return int(event.end_mark.line) + 1


# What ruamel says, and what it means to somebody who only wanted to write down a news site.
_MEANINGS = (
    ("mapping values are not allowed", "a second colon in this line: put the text into quotes, or begin a new line"),
    ("found unexpected end of stream", "this quote is never closed"),
    ("character '\\t'", "a tab: YAML is indented with spaces"),
    ("expected <block end>", "the indentation does not fit the lines above"),
    ("could not find expected ':'", "a colon is missing: a key is written `key: value`"),
    ("expected ',' or '}'", "a brace { is never closed, or a comma is missing"),
    ("expected ',' or ']'", "a bracket [ is never closed, or a comma is missing"),
    ("scanning an alias", "text that begins with * needs quotes, or a block (|)"),
    ("scanning an anchor", "text that begins with & needs quotes, or a block (|)"),
    ("that cannot start any token", "text that begins with this character needs quotes"),
    ("found unknown escape character", "a backslash in double quotes: use single quotes"),
    ("expected a comment or a line break", "text beside the sign | or >: begin it on the next line"),
)


def _explained(error: MarkedYAMLError) -> tuple[tuple[int, int], str]:
    """Return where a syntax error stands and what it means, in words for the file's editor."""
    said = f"{error.context}: {error.problem}"
    message = next((meaning for words, meaning in _MEANINGS if words in said), str(error.problem))
    # An open quote, bracket or key is noticed lines later; what helps is where it was opened.
    opened = any(words in str(error.context) for words in ("quoted scalar", "flow", "simple key"))
    mark: StringMark | None = error.context_mark if opened and error.context_mark else error.problem_mark
    return ((mark.line + 1, mark.column + 1) if mark is not None else (1, 1)), message
