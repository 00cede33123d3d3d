"""Who told it first: follows the credit lines of a story's tellings to their ends.

Copies of one agency count once: an origin is an outlet that credits nobody, or an agency that is credited and not
itself among the tellings. Pure; knows nothing of languages or mail.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from monitor.records import Telling
from monitor.urls import brand, registrable_host

LONGEST = 6  # links of a chain a reader can follow
MOST_CREDITS = 3  # of one article; the ways are counted by walking them all


@dataclass(frozen=True, slots=True)
class Lineage:
    """`origins` counts the independent ones; `chain` names the longest way, origin first, or is empty."""

    origins: int
    chain: tuple[str, ...] = ()


@dataclass(slots=True)
class _Node:
    name: str
    credits: list[int] = field(default_factory=list)


class _Graph:
    """Outlets and agencies as nodes, found again by any of the names they go by."""

    def __init__(self) -> None:
        self.nodes: list[_Node] = []
        self._by_key: dict[str, int] = {}

    def node(self, name: str, keys: Iterable[str]) -> int:
        known = [key for key in keys if key]
        number = next((self._by_key[key] for key in known if key in self._by_key), len(self.nodes))
        if number == len(self.nodes):
            self.nodes.append(_Node(name))
        for key in known:
            self._by_key.setdefault(key, number)
        return number


def lineage(tellings: Iterable[Telling]) -> Lineage:
    """Return how many independent origins these tellings have, and their longest chain of credit."""
    graph = _Graph()
    told = [(graph.node(telling.outlet, _outlet_keys(telling)), telling) for telling in tellings]
    for number, telling in told:
        for credit in telling.article.credited[:MOST_CREDITS]:
            keys = _keys(credit.name, credit.url or "")
            if not any(keys):
                continue  # a dash, an empty link: nobody is named
            credited = graph.node(credit.name, keys)
            if credited != number and credited not in graph.nodes[number].credits:
                graph.nodes[number].credits.append(credited)
    ways = [_longest(graph, number, ()) for number, _ in told]
    reached = {number: _reached(graph, number) for number in range(len(graph.nodes))}
    origins = {min(reached[end]) for number, _ in told for end in reached[number] if _is_end(reached, end)}
    chain = max(ways, key=len, default=())
    names = tuple(graph.nodes[number].name for number in reversed(chain))
    return Lineage(len(origins), names if len(names) > 1 else ())


def _outlet_keys(telling: Telling) -> tuple[str, ...]:
    return _keys(telling.outlet, telling.article.url)


def _keys(name: str, url: str) -> tuple[str, ...]:
    """Return what an outlet may be recognised by: its folded name, and the first label of its domain.

    "Thanh Niên" is credited as "thanhnien.vn" as often as by its name.
    """
    host = registrable_host(url) if url else ""
    if not host and "." in name and " " not in name.strip():
        host = registrable_host(name.strip().lower())
    return _fold(name), _fold(brand(host.removeprefix("www.")))


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in plain if letter.isalnum())


def _longest(graph: _Graph, number: int, seen: tuple[int, ...]) -> tuple[int, ...]:
    """Return the longest way along credits from a node; `seen` breaks circles of outlets crediting each other."""
    way = (*seen, number)
    onward = [credit for credit in graph.nodes[number].credits if credit not in way]
    if not onward or len(way) >= LONGEST:
        return way
    return max((_longest(graph, credit, way) for credit in onward), key=len)


def _reached(graph: _Graph, number: int) -> frozenset[int]:
    """Return all nodes that credits lead to from a node, itself among them."""
    found: set[int] = set()
    open_ends = [number]
    while open_ends:
        node = open_ends.pop()
        if node not in found:
            found.add(node)
            open_ends += graph.nodes[node].credits
    return frozenset(found)


def _is_end(reached: dict[int, frozenset[int]], number: int) -> bool:
    """Tell whether credits lead no further than back.

    So it is for a node without credits, and for outlets that credit each other in a circle, which are one origin.
    """
    return all(number in reached[other] for other in reached[number])
