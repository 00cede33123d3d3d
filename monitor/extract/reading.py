"""A page under judgement: its blocks with what is known of each, and why those that are out are out.

Takes a layout, the headline and other voices; gives the state that clearing.py and selection.py work on.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from monitor.extract.blocks import Block, Layout
from monitor.extract.markup import Mark, mark
from monitor.extract.voices import Voice, fold

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
SENTENCE_END = re.compile(r"[.!?…।؟۔:](?:[\"'»”’)\]]*)(?:\s|$)|[。！？]")
# Scripts written without spaces say in one character what others say in three.
_WIDE = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(slots=True)
class Reading:
    """The state of one judgement: `why` says for each block why it is out, or is empty.

    `weights` say how much prose each holds, `heard` and `stated_in` whether the other voices hold it; `anchor` is where
    the headline stands.
    """

    layout: Layout
    headline: str
    extractor: Voice
    stated: Voice
    repeated: frozenset[int]
    tags: list[str] = field(default_factory=list)
    folded: list[str] = field(default_factory=list)
    weights: list[int] = field(default_factory=list)
    why: list[str] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    heard: list[bool] = field(default_factory=list)
    stated_in: list[bool] = field(default_factory=list)
    anchor: int = 0

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The page's blocks."""
        return self.layout.blocks

    def drop(self, positions: Iterable[int], reason: str) -> None:
        """Take blocks out; the first reason stays."""
        for position in positions:
            self.why[position] = self.why[position] or reason

    def live(self, start: int, end: int) -> int:
        """Return how much prose is still in between two positions."""
        return sum(self.weights[i] for i in range(start, end) if not self.why[i])

    def holder(self, position: int) -> int:
        """Return the smallest region around a block that holds another block as well."""
        region = self.blocks[position].region
        regions = self.layout.regions
        while regions[region].parent >= 0 and regions[region].end - regions[region].start <= 1:
            region = regions[region].parent
        return region

    def looks(self, position: int) -> tuple[object, ...]:
        """Return what a block looks like: its element and classes, and those of the two around it."""
        found: list[object] = []
        region = self.blocks[position].region
        for _ in range(3):
            element = self.layout.regions[region].element
            found += [element.tag, element.get("class")]
            region = self.layout.regions[region].parent
            if region < 0:
                break
        return tuple(found)


def _prose(block: Block, tag: str) -> int:
    """Return how much prose a block holds: 0 for headings, links and scraps."""
    if tag in HEADINGS or block.linked * 2 > len(block.text):
        return 0
    size = len(block.text) - block.linked
    if not block.text.isascii():
        size += 2 * len(_WIDE.findall(block.text))
    return size if size >= 100 or (size >= 40 and SENTENCE_END.search(block.text)) else 0


def begin(layout: Layout, headline: str, extractor: Voice, stated: Voice, repeated: frozenset[int]) -> Reading:
    """Return a page as it is before anything is out."""
    page = Reading(layout, fold(headline), extractor, stated, repeated)
    regions = layout.regions
    page.tags = [regions[block.region].element.tag for block in page.blocks]
    page.folded = [fold(block.text) for block in page.blocks]
    page.weights = [_prose(block, tag) for block, tag in zip(page.blocks, page.tags, strict=True)]
    page.why = [""] * len(page.blocks)
    page.marks = [mark(region.element) for region in regions]
    page.heard = [page.extractor.holds(folded) for folded in page.folded]
    page.stated_in = [page.stated.holds(folded) for folded in page.folded]
    return page
