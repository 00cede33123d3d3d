"""From the tree to the plain data the models validate, with a place for every value, term and text.

Takes a `Document`, gives `Shaped`. This is where blocks become lists of terms and where a key without a value is taken
as absent. It knows which keys hold terms and which hold texts, and nothing else of their meaning.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from monitor.config import terms
from monitor.config.tree import MAX_FAULTS, Broken, Document, Items, Node, Path, Table, Text, dotted
from monitor.config.values import ANY_LANGUAGE
from monitor.errors import Fault

Place = tuple[int, int]

_TERMS = (
    ("watchlists", "*", "any"),
    ("watchlists", "*", "ignore"),
    ("watchlists", "*", "unless"),
    ("watchlists", "*", "all", "*"),
    ("concepts", "*", "*"),
)
_TEXTS = (("watchlists", "*", "must_match"), ("watchlists", "*", "must_not_match"))
# `concepts: {org:Sidor: |…}` has its forms in every language; by language it has one more level.
_CONCEPT = ("concepts", "*")


@dataclass(slots=True)
class Shaped:
    """Plain data: tables are dicts, lists are lists, all scalars text.

    `places` are where values stand, `keys` where keys stand, by key path. `empty` are keys without a value, which the
    data leaves out. Below a path of `broken` the faults are already told.
    """

    data: Any = None
    places: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)
    empty: list[Path] = field(default_factory=list)
    broken: set[Path] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)

    def place(self, path: Path) -> Place:
        """Return where a value stands; of one that does not exist, where the nearest thing around it stands."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, (1, 1))

    def key_place(self, path: Path) -> Place:
        """Return where the key of a path stands, or else the value."""
        while path and path not in self.keys:
            path = path[:-1]
        return self.keys.get(path, (1, 1))

    def told(self, path: Path) -> bool:
        """Tell whether a fault at this path, or around it, is told already."""
        return any(path[:length] in self.broken for length in range(len(path) + 1))


def shape(document: Document, file: str) -> Shaped:
    """Return a document's data; faults of single terms are in its `faults`."""
    shaped = Shaped()
    shaped.data = _Shaper(document, file, shaped).plain(document.root, ())
    return shaped


@dataclass(frozen=True, slots=True)
class _Shaper:
    document: Document
    file: str
    shaped: Shaped

    def plain(self, node: Node, path: Path) -> Any:
        self.shaped.places[path] = (node.line, node.column)
        if isinstance(node, Broken):
            self.shaped.broken.add(path)
            return None
        if _fits(path, _TERMS):
            return self._lines(node, path, terms.terms)
        if _fits(path, _TEXTS):
            return self._lines(node, path, terms.texts)
        if _fits(path, (_CONCEPT,)) and not isinstance(node, Table):
            return {ANY_LANGUAGE: self._lines(node, (*path, ANY_LANGUAGE), terms.terms)}
        return self._as_it_stands(node, path)

    def _as_it_stands(self, node: Table | Items | Text, path: Path) -> Any:
        if isinstance(node, Table):
            return self._table(node, path)
        if isinstance(node, Items):
            return [self.plain(value, (*path, number)) for number, value in enumerate(node.values)]
        return node.value

    def _table(self, node: Table, path: Path) -> dict[str, Any]:
        data = {}
        for key, value in node.entries.items():
            self.shaped.keys[(*path, key)] = node.keys[key]
            # `language:` with nothing behind it, or a section whose entries are all commented out.
            if isinstance(value, Text) and not value.value and not value.style:
                self.shaped.places[(*path, key)] = node.keys[key]
                self.shaped.empty.append((*path, key))
                continue
            data[key] = self.plain(value, (*path, key))
        return data

    def _lines(
        self, node: Node, path: Path, reading: Callable[[Node, tuple[str, ...]], Iterator[terms.Line]]
    ) -> list[str]:
        self.shaped.places.setdefault(path, (node.line, node.column))
        if isinstance(node, Items) and any(isinstance(value, Broken) for value in node.values):
            self.shaped.broken.add(path)
        values: list[str] = []
        for line in reading(node, self.document.lines):
            if line.fault:
                if len(self.shaped.faults) >= MAX_FAULTS:
                    break
                self.shaped.faults.append(Fault(self.file, line.line, line.column, dotted(path), line.fault))
                self.shaped.broken.add(path)
                continue
            self.shaped.places[(*path, len(values))] = (line.line, line.column)
            values.append(line.text)
        return values


def _fits(path: Path, patterns: tuple[tuple[str, ...], ...]) -> bool:
    return any(
        len(path) == len(pattern) and all(want in ("*", part) for want, part in zip(pattern, path, strict=True))
        for pattern in patterns
    )
