"""A page as a reader sees it: the run of its text blocks, and the regions (elements) that hold them.

Takes a tree; gives blocks in document order and regions as spans over them, so that every later question ("how much
prose is in here?") is arithmetic on positions instead of another walk. Linear in the size of the page. Does not judge.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

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
_PICTURES = frozenset({"img", "picture", "video", "audio", "iframe", "amp-img", "svg", "canvas"})
# Cells stand in one line with their row; everything else that is not inline begins a block of its own.
_CELLS = frozenset({"td", "th"})
# A card may be a link with a headline and a teaser; three lines of this length are not one.
_PARAGRAPH, _PARAGRAPHS = 80, 3
_ON_DEMAND = re.compile(
    r"(?:^|[\s_-])(?:tooltip|popover|popup|rollover|dropdown|sr-only|visually-?hidden|screen-?reader|offscreen)",
    re.IGNORECASE,
)
_UNDISPLAYED = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_UNSTABLE = re.compile(r"[\d\W_]+")


@dataclass(frozen=True, slots=True)
class Block:
    """One block of text: its text on one line, how many characters are links, and the region that holds it."""

    text: str
    linked: int
    region: int


@dataclass(slots=True)
class Region:
    """An element that begins a block, as the span of blocks [start, end) it holds; `parent` is -1 at the top.

    `pictures` counts the pictures and players in it.
    """

    element: HtmlElement
    parent: int
    start: int
    end: int = 0
    pictures: int = 0


@dataclass(frozen=True, slots=True)
class Layout:
    """The blocks of a page and its regions, both in document order; a region's number is its place here."""

    blocks: tuple[Block, ...]
    regions: tuple[Region, ...]


class _Reader:
    """The state of one walk: the text since the last block edge, and the region that holds it."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.regions: list[Region] = []
        self.here = -1
        self.pictures = 0
        self.link_from = 0
        self._texts: list[str] = []
        self._linked = 0

    def add(self, text: str | None, in_link: bool) -> None:
        if text:
            self._texts.append(text)
            if in_link:
                self._linked += len(text.strip())

    def edge(self) -> None:
        """End the block here."""
        if self._texts and (text := one_line("".join(self._texts))):
            self.blocks.append(Block(text, min(self._linked, len(text)), self.here))
        self._texts.clear()
        self._linked = 0

    def open(self, element: HtmlElement, *, in_link: bool) -> None:
        """Go into an element, up to its first child."""
        tag = element.tag
        if tag not in _INLINE and tag not in _CELLS:
            self.edge()
            # Until it is left, `pictures` holds how many came before it.
            self.regions.append(Region(element, self.here, len(self.blocks), pictures=self.pictures))
            self.here = len(self.regions) - 1
        if tag == "a" and not in_link:
            self.link_from = len(self.blocks)
        self.add(element.text, in_link or tag == "a")

    def close(self, tag: str, *, in_link: bool) -> None:
        """Come out of an element."""
        if tag == "a" and not in_link:
            self._close_link()
        if tag in _CELLS:
            self.add(" ", in_link)
        elif tag not in _INLINE:
            self.edge()
            region = self.regions[self.here]
            region.end = len(self.blocks)
            region.pictures = self.pictures - region.pictures
            self.here = region.parent

    def _close_link(self) -> None:
        """Take the blocks since the link began for what they are: a link around paragraphs was left open."""
        inside = self.blocks[self.link_from :]
        if sum(len(block.text) >= _PARAGRAPH for block in inside) >= _PARAGRAPHS:
            self.blocks[self.link_from :] = [replace(block, linked=0) for block in inside]


def read_layout(tree: HtmlElement) -> Layout:
    """Return every non-empty block of text under an element and the regions that hold them."""
    reader = _Reader()
    # An explicit stack: nesting is the page's choice, Python's recursion limit is not.
    stack: list[tuple[HtmlElement, bool, bool]] = [(tree, False, False)]
    while stack:
        element, leaving, in_link = stack.pop()
        tag = element.tag
        if leaving:
            reader.close(tag, in_link=in_link)
        elif tag == "br":
            reader.edge()
        elif tag in _PICTURES:
            reader.pictures += 1
        elif isinstance(tag, str) and tag not in _SKIPPED and not (tag == "span" and _is_unseen(element)):
            reader.open(element, in_link=in_link)
            stack.append((element, True, in_link))
            stack.extend((child, False, in_link or tag == "a") for child in reversed(element))
            continue
        if element is not tree:
            reader.add(element.tail, in_link)
    return Layout(tuple(reader.blocks), tuple(reader.regions))


def _is_unseen(span: HtmlElement) -> bool:
    """Say whether a span inside a line is shown only on demand, or only to those who listen."""
    names, style = span.get("class"), span.get("style")
    hidden = span.get("hidden") is not None or (style is not None and _UNDISPLAYED.search(style) is not None)
    return hidden or (names is not None and _ON_DEMAND.search(names) is not None)


def around(story: Sequence[int], count: int) -> tuple[range, range]:
    """Return the positions just before and just after a story's, where its byline and its date stand.

    A byline may stand between the standfirst and the first paragraph.
    """
    first, last = (story[0], story[-1]) if story else (0, count - 1)
    second = story[1] if len(story) > 1 and story[1] - first <= 12 else first + 1
    begun = min(max(first + 2, second + 1), count)
    return range(max(0, first - 14), begun), range(max(begun, last - 1), min(last + 14, count))


def fingerprint(text: str) -> int:
    """Return 64 bits (unsigned) of a block's words; numbers and marks do not count."""
    words = _UNSTABLE.sub(" ", text.casefold()).strip()
    return int.from_bytes(hashlib.blake2b(words.encode(), digest_size=8).digest(), "big")


def fingerprints(blocks: Iterable[Block]) -> tuple[int, ...]:
    """Return the fingerprints of a page's blocks, each once, in order."""
    return tuple(dict.fromkeys(fingerprint(block.text) for block in blocks))
