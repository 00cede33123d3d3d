"""The text of config.yaml as a tree of plain values, every one with its line and column.

Takes text, gives a `Document`: tables, lists and texts, and the faults of its form (syntax, a key written twice,
anchors, aliases, tags). It works on ruamel's parser events and not on its loader for three reasons: every scalar stays
the text that was typed (`NO`, `12:30`, `0123`), all faults of form are found and not only the first, and an alias is
refused where it stands, so nothing is ever expanded. It does not know what any key means.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

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
    """What a text holds. `cut` tells that part of it could not be read, so what is missing proves nothing."""

    root: Node
    lines: tuple[str, ...]
    faults: tuple[Fault, ...]
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
    """Read a YAML text. Never raises for what stands in it: every fault of its form is in the document's `faults`."""
    text = text.removeprefix("\ufeff").translate(_OTHER_BREAKS)
    lines = tuple(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    reader = _Reader(file)
    for number, line in enumerate(lines, 1):
        reader.control_characters(number, line)
    root, cut = reader.document(_CONTROL.sub("\ufffd", text))
    return Document(root, lines, tuple(reader.faults), cut)


@dataclass(slots=True)
class _Reader:
    """Builds the tree from events; `path` is where it stands."""

    file: str
    faults: list[Fault] = field(default_factory=list)
    path: list[str | int] = field(default_factory=list)
    top: dict[str, Node] = field(default_factory=dict)
    count: int = 0

    def document(self, text: str) -> tuple[Node, bool]:
        """Return the root, and whether reading stopped before the end."""
        # What is left of a broken text: the sections that were whole.
        whole = Table({}, {}, 1, 1)
        events = YAML(typ="safe", pure=True).parse(text)
        try:
            return self._only_document(events, whole), False
        except MarkedYAMLError as error:
            self._syntax(error)
        except _StopReadingError:
            pass
        return whole, True

    def control_characters(self, number: int, line: str) -> None:
        for found in _CONTROL.finditer(line):
            self._fault((number, found.start() + 1), f"control character U+{ord(found[0]):04X}; remove it")

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
        tag = getattr(event, "tag", None)
        if anchor is not None:
            self._fault(place, f"&{anchor} is a YAML anchor, which is not used here: remove it, or quote the text")
        if tag is not None:
            self._fault(place, f"{tag} is a YAML tag, which is not used here: remove it, or quote the text")
        return anchor is not None or tag is not None

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

    def _syntax(self, error: MarkedYAMLError) -> None:
        place, message = _explained(error)
        self._fault(place, message)

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
    ("that cannot start any token", "text that begins with this character needs quotes"),
    ("found unknown escape character", "a backslash in double quotes: use single quotes"),
    ("expected a comment or a line break", "text beside the sign | or >: begin it on the next line"),
)


def _explained(error: MarkedYAMLError) -> tuple[tuple[int, int], str]:
    """Return where a syntax error stands and what it means, in words for the file's editor."""
    problem = " ".join(str(part) for part in (error.problem or error.context,) if part)
    message = next((meaning for words, meaning in _MEANINGS if words in problem), problem)
    # An open quote is noticed at the end of the file; what helps is where it was opened.
    opened = "end of stream" in problem and error.context_mark is not None
    mark: StringMark | None = error.context_mark if opened else (error.problem_mark or error.context_mark)
    return ((mark.line + 1, mark.column + 1) if mark is not None else (0, 0)), message


def block_lines(text: Text, lines: tuple[str, ...]) -> Iterator[tuple[str, int, int]]:
    """Yield each line of a text with its own line and column; of a block (`|`) as they stand in the file."""
    if text.style != "|":
        for line in text.value.split("\n"):
            yield line, text.line, text.column
        return
    # A block begins on the line below its sign and is kept line by line.
    for number, line in enumerate(text.value.split("\n"), text.line + 1):
        source = lines[number - 1] if number <= len(lines) else ""
        yield line, number, len(source) - len(line) + 1 if source.endswith(line) else 1


def texts(node: Node) -> Iterator[Text]:
    """Yield every text of a tree."""
    if isinstance(node, Text):
        yield node
    elif isinstance(node, Items):
        yield from chain.from_iterable(map(texts, node.values))
    elif isinstance(node, Table):
        yield from chain.from_iterable(map(texts, node.entries.values()))
