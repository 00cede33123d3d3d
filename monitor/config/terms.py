"""Terms and example texts as a watchlist's editor writes them: one term a line, texts parted by blank lines.

Pure: takes a node of the tree and the file's lines, gives the terms with their places and what is wrong with their
form. Whether a pattern compiles or a concept exists is the matcher's business.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from monitor.config.tree import Broken, Items, Node, Table, Text
from monitor.config.values import suggestion

PREFIXES = ("exact", "regex", "country", "person", "org", "topic")
CONCEPTS = PREFIXES[2:]

_LONGEST = 1000
_NOTE = "# "
_PREFIX = re.compile(r"([^\W\d_][\w-]*):(\s*)(.*)", re.DOTALL)
_INSTEAD = {
    "*": "a term cannot begin with *: its beginning must be known; an ending is written regex:\\w*ending",
    "=": "a term cannot begin with =: these very letters are written exact:Nga",
    "/": "a term cannot begin with /: a pattern is written regex:S-?300, without slashes",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One term or text and where it stands; `fault` says what is wrong with it, or is empty."""

    text: str
    line: int
    column: int
    fault: str = ""


def terms(node: Node, lines: tuple[str, ...]) -> Iterator[Line]:
    """Yield the terms of a block (one a line), of a list, or of a single word."""
    if isinstance(node, Items):
        for item in node.values:
            yield from _item(item)
    elif isinstance(node, Text):
        if _runs_together(node):
            yield Line(
                "", node.line, node.column, "these lines would run together into one term: write | behind the key"
            )
            return
        for text, line, column in _block_lines(node, lines):
            yield from _checked(text, line, column)
    elif isinstance(node, Table):
        yield Line("", node.line, node.column, "terms are text, one a line below a |, or a list")


def texts(node: Node, lines: tuple[str, ...]) -> Iterator[Line]:
    """Yield the example texts of a block (parted by blank lines) or of a list; their inner lines stay as typed."""
    if isinstance(node, Items):
        for item in node.values:
            if isinstance(item, Text):
                yield Line(item.value.strip(), item.line, item.column, "" if item.value.strip() else "an empty text")
            elif not isinstance(item, Broken):
                yield Line("", item.line, item.column, "an example is text")
    elif isinstance(node, Text):
        if _runs_together(node) and "\n" in node.value:
            yield Line("", node.line, node.column, "these texts would run together: write | behind the key")
            return
        yield from _paragraphs(node, lines)
    elif isinstance(node, Table):
        yield Line("", node.line, node.column, "examples are texts below a |, parted by blank lines, or a list")


def _paragraphs(node: Text, lines: tuple[str, ...]) -> Iterator[Line]:
    gathered: list[str] = []
    place = (node.line, node.column)
    for text, line, column in _block_lines(node, lines):
        if text.lstrip().startswith(_NOTE):
            continue
        if text.strip():
            if not gathered:
                place = (line, column)
            gathered.append(text.strip())
        elif gathered:
            yield Line("\n".join(gathered), *place)
            gathered = []
    if gathered:
        yield Line("\n".join(gathered), *place)


def _block_lines(text: Text, lines: tuple[str, ...]) -> Iterator[tuple[str, int, int]]:
    """Yield each line of a text with its own line and column; of a block (`|`) as they stand in the file."""
    if text.style != "|":
        for line in text.value.split("\n"):
            yield line, text.line, text.column
        return
    # A block begins on the line below its sign and is kept line by line.
    for number, line in enumerate(text.value.split("\n"), text.line + 1):
        source = lines[number - 1] if number <= len(lines) else ""
        yield line, number, len(source) - len(line) + 1 if source.endswith(line) else 1


def _runs_together(node: Text) -> bool:
    """Tell whether YAML has joined several lines into one: only a block with | keeps them."""
    return node.style != "|" and node.last > node.line


def _item(item: Node) -> Iterator[Line]:
    if isinstance(item, Text):
        if item.value.strip():
            yield from _checked(item.value, item.line, item.column, notes=False)
        else:
            yield Line("", item.line, item.column, "an empty term")
    elif isinstance(item, Table) and len(item.entries) == 1:
        # `- country: RU`: the space makes it a mapping to YAML.
        name, value = next(iter(item.entries.items()))
        if isinstance(value, Text):
            yield from _checked(f"{name}: {value.value}", item.line, item.column)
        elif not isinstance(value, Broken):
            yield Line("", item.line, item.column, "a term is text")
    elif not isinstance(item, Broken):
        yield Line("", item.line, item.column, "a term is text")


def _checked(text: str, line: int, column: int, *, notes: bool = True) -> Iterator[Line]:
    stripped = text.strip()
    column += len(text) - len(text.lstrip())
    if not stripped or (notes and (stripped == "#" or stripped.startswith(_NOTE))):
        return
    found = _PREFIX.fullmatch(stripped)
    term = f"{found[1]}:{found[3]}" if found and found[1] in PREFIXES else stripped
    yield Line(term, line, column, _fault(term))


def _fault(term: str) -> str:
    """Say what is wrong with the form of a term, or return an empty string."""
    if len(term) > _LONGEST:
        return f"a term of {len(term):,} characters; {_LONGEST:,} at most"
    if term[0] in _INSTEAD:
        return _INSTEAD[term[0]]
    return _prefix_fault(term)


def _prefix_fault(term: str) -> str:
    found = _PREFIX.fullmatch(term)
    if found is None:
        return ""
    prefix, space, rest = found.groups()
    if prefix in PREFIXES:
        return "" if rest else f"{prefix}: names nothing"
    near = suggestion(prefix, list(PREFIXES))
    if space and not near:
        # "Caracas: the accords" is a phrase with a colon in it.
        return ""
    known = ", ".join(f"{name}:" for name in PREFIXES)
    return f'unknown prefix "{prefix}:"{near}; known are {known}; a term with a colon in it is written exact:{term}'
