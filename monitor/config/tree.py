"""The text of config.yaml as a tree of plain values, every one with its line and column.

Takes text, gives a `Document`: tables, lists and texts, and the faults of its form (syntax, a key written twice,
anchors, aliases, tags). It works on ruamel's parser events and not on its loader for three reasons: every scalar stays
the text that was typed (`NO`, `12:30`, `0123`), all faults of form are found and not only the first, and an alias is
refused where it stands, so nothing is ever expanded. It does not know what any key means.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from ruamel.yaml.error import MarkedYAMLError
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

from monitor.config import syntax
from monitor.errors import Fault

Path = tuple[str | int, ...]

# Nothing in a config is nested deeper than five. ruamel's scanner is quadratic in open brackets: a hundred thousand of
# them took minutes before the first event of a loader, so the walk stops at the first event that is too deep.
_MAX_DEPTH = 12
# Ten thousand sources are some sixty thousand values; a hundred thousand take three seconds to read.
_MAX_VALUES = 100_000
_LONGEST_KEY = 200
# Nobody mends more than this before the next look.
MAX_FAULTS = 1000

# Each syntax error costs another reading, at half a second a megabyte: fifty of them in a file of usual size, four in
# the largest that is read at all.
_MAX_ERRORS = 50
_MAX_READ_AGAIN = 4_000_000
# Sections stand at depth 0, their entries at 2: an entry is what is left out for a syntax error.
_ENTRY_DEPTH = 2
_KEY = re.compile(r"""\s*["']?([^\s"':#]+)["']?\s*:""")

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
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
    """The text is too deep, too long or too faulty to go on with; why is already told."""


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
    text = text.translate(_OTHER_BREAKS).replace("\r\n", "\n").replace("\r", "\n")
    lines = tuple(text.split("\n"))
    left = [_CONTROL.sub("\ufffd", line) for line in lines]
    told = list(islice(_control_characters(lines, file), _MAX_ERRORS))
    lost: set[str] = set()
    values = 0
    for reading in range(1, _MAX_ERRORS + 1):
        reader = _Reader(file, count=values)
        root, where = reader.document("\n".join(left))
        if where is None:
            return Document(root, lines, (*told, *reader.faults), frozenset(lost))
        entry = _entry_around(left, where)
        values = reader.count
        if entry is None or values > _MAX_VALUES or reading * len(text) > _MAX_READ_AGAIN:
            break
        # Other faults that stand before the error are found again with the next reading.
        told.append(reader.faults[-1])
        lost.update(match[1] for line in left[entry.start : entry.stop] if (match := _KEY.match(line)))
        left[entry.start : entry.stop] = [""] * len(entry)
    return Document(root, lines, (*told, *reader.faults), frozenset(lost), cut=True)


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
    """Builds the tree from events.

    `path` is the key it is at, `count` how many values it has read, `last` where the last of them stands.
    """

    file: str
    faults: list[Fault] = field(default_factory=list)
    path: list[str | int] = field(default_factory=list)
    count: int = 0
    last: tuple[int, int] = (1, 1)

    def document(self, text: str) -> tuple[Node, int | None]:
        """Return the root, and None or the line in which reading broke off; its fault is the last one then."""
        # What is left of a text that breaks off: the sections that were whole.
        whole = Table({}, {}, 1, 1)
        try:
            return self._only_document(syntax.events(text), whole), None
        except MarkedYAMLError as error:
            place, message = syntax.explained(error)
            self._fault(place, message)
            return whole, place[0]
        except syntax.UnreadableError:
            self._fault(self.last, "cannot be read as YAML")
            return whole, self.last[0]
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
        self.last = place = _place(event)
        self._check_limits(place)
        refused = self._properties(event)
        node: Node
        if isinstance(event, MappingStartEvent):
            node = self._table(events, table or Table({}, {}, *place))
        elif isinstance(event, SequenceStartEvent):
            node = self._items(events, place)
        elif isinstance(event, ScalarEvent):
            node = Text(event.value, *place, event.style or "", _last_line(event))
            refused |= self._unprintable(event)
        else:
            node = Broken(*place)
        return Broken(*place) if refused else node

    def _check_limits(self, place: tuple[int, int]) -> None:
        if len(self.path) > _MAX_DEPTH:
            self._fault(place, "nested too deeply")
        elif self.count > _MAX_VALUES:
            self._fault(place, "too many keys and values")
        elif len(self.faults) < MAX_FAULTS:
            return
        raise _StopReadingError

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

    def _unprintable(self, event: ScalarEvent) -> bool:
        """Tell of a control character, or half of one, that an escape in double quotes stands for."""
        found = _CONTROL.search(event.value)
        if found is None or event.style != '"':
            return False
        self._fault(
            _place(event),
            f"U+{ord(found[0]):04X} is no letter: in double quotes \\b and its like are control characters; "
            "use single quotes or a block (|), where a backslash is a backslash",
        )
        return True

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
        """Return the key that begins with `event`, None where its fault is told."""
        if isinstance(event, ScalarEvent):
            if self._properties(event) or self._unprintable(event):
                return None
            if event.value.isprintable() and 0 < len(event.value) <= _LONGEST_KEY:
                return str(event.value)
        self._fault(_place(event), "a key must be a word")
        told = len(self.faults)
        self._node(events, event)
        # Of a list or a mapping in a key's place, nothing more is worth telling.
        del self.faults[told:]
        return None

    def _fault(self, place: tuple[int, int], message: str) -> None:
        self.faults.append(Fault(self.file, *place, dotted(tuple(self.path)) or "yaml", message))


def _place(event: Event) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _last_line(event: Event) -> int:
    return int(event.end_mark.line) + 1
