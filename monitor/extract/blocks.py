"""A tree as the run of text blocks a reader sees, each with what tells prose from furniture.

Takes a tree; gives blocks in document order and their fingerprints. Linear in the size of the page.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from lxml.html import HtmlElement

from monitor.text import one_line

_SKIPPED = frozenset(
    {
        *("script", "style", "noscript", "template", "head", "meta", "link", "title"),
        *("svg", "math", "iframe", "object", "embed", "canvas", "audio", "video", "map", "area"),
        *("select", "option", "button", "input", "textarea", "datalist", "progress", "meter"),
    }
)
_INLINE = frozenset(
    {
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i"),
        *("ins", "kbd", "label", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike"),
        *("strong", "sub", "sup", "time", "tt", "u", "var", "wbr"),
    }
)
_UNSTABLE = re.compile(r"[\d\W_]+")


@dataclass(frozen=True, slots=True)
class Block:
    """One block of text: the element that holds it, its text on one line, and how many characters are links."""

    element: HtmlElement
    text: str
    linked: int


class _Reader:
    """The state of one walk: the text since the last block edge, and the element that holds it."""

    def __init__(self, holder: HtmlElement) -> None:
        self.found: list[Block] = []
        self.holder = holder
        self._texts: list[str] = []
        self._linked = 0

    def add(self, text: str | None, in_link: bool) -> None:
        if text:
            self._texts.append(text)
            if in_link:
                self._linked += len(text.strip())

    def edge(self, holder: HtmlElement) -> None:
        """End the block here; what follows is held by `holder`."""
        if text := one_line("".join(self._texts)):
            self.found.append(Block(self.holder, text, min(self._linked, len(text))))
        self._texts.clear()
        self._linked = 0
        self.holder = holder


def read_blocks(tree: HtmlElement) -> tuple[Block, ...]:
    """Return every non-empty block of text under an element, in document order."""
    reader = _Reader(tree)
    # An explicit stack: nesting is the page's choice, Python's recursion limit is not.
    stack: list[tuple[HtmlElement, bool, bool]] = [(tree, False, False)]
    while stack:
        element, leaving, in_link = stack.pop()
        tag = element.tag
        skipped = not isinstance(tag, str) or tag in _SKIPPED
        if leaving or skipped:
            if not skipped and tag not in _INLINE and element is not tree:
                reader.edge(element.getparent())
            reader.add(element.tail if element is not tree else None, in_link)
            continue
        if tag not in _INLINE:
            reader.edge(reader.holder if tag == "br" else element)
        here = in_link or tag == "a"
        reader.add(element.text, here)
        stack.append((element, True, in_link))
        stack.extend((child, False, here) for child in reversed(element))
    reader.edge(tree)
    return tuple(reader.found)


def fingerprint(text: str) -> int:
    """Return 64 bits (signed, so that any database holds them) of a block's words; numbers and marks do not count."""
    words = _UNSTABLE.sub(" ", text.casefold()).strip()
    return int.from_bytes(hashlib.blake2b(words.encode(), digest_size=8).digest(), "big", signed=True)


def fingerprints(blocks: Iterable[Block]) -> tuple[int, ...]:
    """Return the fingerprints of a page's blocks, each once, in order."""
    return tuple(dict.fromkeys(fingerprint(block.text) for block in blocks))
