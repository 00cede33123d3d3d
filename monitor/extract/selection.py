"""Which blocks of a page are the story: the region that holds it, and within it what is not furniture.

Takes a layout, the headline, and what other voices (another extractor, the page's JSON-LD, the feed) hold to be text;
gives the positions of the story's blocks, in order. Every step is linear in the size of the page. Does not care about
metadata.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from monitor.extract import phrases
from monitor.extract.blocks import Block, Layout, fingerprint
from monitor.extract.markup import Mark, mark

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_SENTENCE_END = re.compile(r"[.!?…।؟۔:](?:[\"'»”’)\]]*)(?:\s|$)|[。！？]")
# Scripts written without spaces say in one character what others say in three.
_WIDE = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WORDS = re.compile(r"[^\W\d_]{4,}")
_NOT_WORDS = re.compile(r"\W+")

# The share of a page's prose beyond which a region cannot be what its name claims: the name is the page's frame.
_LIMITS = {Mark.HIDDEN: 0.7, Mark.FURNITURE: 0.4, Mark.CAPTION: 0.4, Mark.BYLINE: 0.2, Mark.ASIDE: 0.65}
_LONG_PARAGRAPH = 150
_QUOTED_POST = re.compile(r"tweet|bluesky|mastodon|instagram|telegram|tiktok")
_MOST_REPEATED = 0.6
# Recipes and tables repeat a line; nobody repeats a paragraph of this length on purpose.
_NO_ACCIDENT = 200
_SENTENCE, _LONGEST_STANDFIRST = 60, 1200


def fold(text: str) -> str:
    """Return a text's letters and digits only, without case: what stays the same however a text was cut."""
    return _NOT_WORDS.sub("", text.casefold())


class Voice:
    """Another opinion on what the story's text is, asked block by block."""

    def __init__(self, text: str) -> None:
        self._whole = fold(text)
        self._lines = {fold(line.lstrip("- ")) for line in text.split("\n")}

    def __bool__(self) -> bool:
        return bool(self._whole)

    def __len__(self) -> int:
        return len(self._whole)

    def holds(self, folded: str) -> bool:
        """Say whether the text has this block (folded): short ones must be a line of it."""
        return bool(folded) and (folded in self._lines or (len(folded) >= 25 and folded in self._whole))


@dataclass(slots=True)
class _Page:
    """The state of one selection: `why` says for each block why it is out, or is empty."""

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
        return self.layout.blocks

    def drop(self, positions: Iterable[int], reason: str) -> None:
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


def select(
    layout: Layout, headline: str, extractor: Voice, stated: Voice, repeated: frozenset[int] = frozenset()
) -> tuple[int, ...]:
    """Return the positions of the story's blocks: standfirst, paragraphs, subheads, lists and quotes, in order."""
    return judge(layout, headline, extractor, stated, repeated)[0]


def judge(
    layout: Layout, headline: str, extractor: Voice, stated: Voice, repeated: frozenset[int] = frozenset()
) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Return the positions of the story's blocks, and for each block of the page why it is out ("" where it is in)."""
    page = _Page(layout, fold(headline), extractor, stated, repeated)
    _weigh(page)
    _drop_marked(page)
    _drop_cards(page)
    _drop_repeated(page)
    _find_anchor(page)
    _drop_endings(page)
    chosen = _choose_region(page)
    if chosen < 0:
        return (), tuple(reason or "no story" for reason in page.why)
    region = layout.regions[chosen]
    kept = tuple(dict.fromkeys([*_standfirst(page, region.start), *_within(page, region.start, region.end)]))
    story = frozenset(kept)
    return kept, tuple("" if i in story else reason or "outside" for i, reason in enumerate(page.why))


def _prose(block: Block, tag: str) -> int:
    """Return how much prose a block holds: 0 for headings, links and scraps."""
    if tag in HEADINGS or block.linked * 2 > len(block.text):
        return 0
    size = len(block.text) - block.linked
    if not block.text.isascii():
        size += 2 * len(_WIDE.findall(block.text))
    return size if size >= 100 or (size >= 40 and _SENTENCE_END.search(block.text)) else 0


def _weigh(page: _Page) -> None:
    regions = page.layout.regions
    page.tags = [regions[block.region].element.tag for block in page.blocks]
    page.folded = [fold(block.text) for block in page.blocks]
    page.weights = [_prose(block, tag) for block, tag in zip(page.blocks, page.tags, strict=True)]
    page.why = [""] * len(page.blocks)
    page.marks = [mark(region.element) for region in regions]
    page.heard = [page.extractor.holds(folded) for folded in page.folded]
    page.stated_in = [page.stated.holds(folded) for folded in page.folded]


def _drop_marked(page: _Page) -> None:
    """Take the page at its word where it names a region furniture, unless what bears that name holds the story."""
    sums = [0, *accumulate(page.weights)]
    total = sums[-1] or 1
    named: dict[tuple[Mark, str | None], int] = defaultdict(int)
    regions = page.layout.regions
    for region, kind in zip(regions, page.marks, strict=True):
        named[kind, region.element.get("class")] += sums[region.end] - sums[region.start]
    tops = [0, *accumulate(int(tag == "h1") for tag in page.tags)]
    for region, kind in zip(regions, page.marks, strict=True):
        if tops[region.end] > tops[region.start] and sums[region.end] - sums[region.start] > 0.2 * total:
            continue
        if kind not in _LIMITS or named[kind, region.element.get("class")] >= _LIMITS[kind] * total:
            continue
        own = region.element.tag == "p" and sums[region.end] - sums[region.start] > _LONG_PARAGRAPH
        if not own or kind in {Mark.CAPTION, Mark.HIDDEN}:
            page.drop(range(region.start, region.end), kind.name.lower())
    for region in regions:
        # What somebody wrote elsewhere and the story quotes: it stands in boxes that are named like share bars.
        if region.element.tag == "blockquote" and _QUOTED_POST.search(region.element.get("class") or ""):
            page.why[region.start : region.end] = [""] * (region.end - region.start)


def _drop_cards(page: _Page) -> None:
    """Drop teaser cards: headings that are links as a whole, each with the few lines it shares a region with."""
    heads = [
        i
        for i, block in enumerate(page.blocks)
        if page.tags[i] in HEADINGS
        and not page.why[i]
        and len(block.text) > 15
        and block.linked >= 0.9 * len(block.text)
    ]
    if len(heads) < 2:
        return
    total = sum(page.weights)
    for i in heads:
        page.drop([i], "card")
        region = page.layout.regions[page.holder(i)]
        if region.end - region.start <= 6 and sum(page.weights[region.start : region.end]) < 0.3 * total:
            page.drop(range(region.start, region.end), "card")


def _drop_repeated(page: _Page) -> None:
    """Drop what the site repeats on its pages, and what this page says again and again."""
    known = [i for i, block in enumerate(page.blocks) if page.repeated and fingerprint(block.text) in page.repeated]
    # A story that was read several times must not be taken for furniture as a whole.
    if sum(page.weights[i] for i in known) <= _MOST_REPEATED * sum(page.weights):
        page.drop(known, "site")
    counts = Counter(page.folded)
    seen: set[str] = set()
    for i in range(len(page.blocks)):
        folded = page.folded[i]
        if counts[folded] > 1 and not page.why[i]:
            often = counts[folded] > 2 and not page.heard[i] and page.tags[i] not in {"tr", "li"}
            again = folded in seen and (often or page.weights[i] >= _NO_ACCIDENT)
            if again or (often and not page.weights[i]):
                page.drop([i], "again")
            seen.add(folded)


def _find_anchor(page: _Page) -> None:
    """Find the headline; what stands before it is not the story, if enough follows."""
    count = len(page.blocks)
    tops = [i for i, tag in enumerate(page.tags) if tag == "h1" and page.why[i] != "hidden"]
    same = [
        i for i, tag in enumerate(page.tags) if tag in HEADINGS and page.folded[i] == page.headline and page.headline
    ]
    near = [i for i in tops if page.folded[i] and (page.folded[i] in page.headline or page.headline in page.folded[i])]
    found = same or (near if page.headline else []) or (tops if len(tops) == 1 else [])
    if not found:
        return
    anchor = found[0]
    after, everything = page.live(anchor, count), page.live(0, count)
    if after >= 0.3 * everything and after > 150:
        page.anchor = anchor
        page.drop(range(anchor), "before")


def _drop_endings(page: _Page) -> None:
    """Drop what follows a heading that opens furniture ("Comments", "Related"), to the end of its region."""
    for i in range(page.anchor, len(page.blocks)):
        if page.why[i] or not phrases.opens_furniture(page.blocks[i].text):
            continue
        region = page.layout.regions[page.holder(i)]
        rest, before = page.live(i, region.end), page.live(page.anchor, i)
        page.drop([i], "ending")
        if rest <= 0.5 * before or (before > 600 and rest < 3 * before):
            page.drop(_until_resumed(page, i, region.end, careful=rest > 0.1 * before), "ending")


def _until_resumed(page: _Page, opening: int, end: int, *, careful: bool) -> Iterator[int]:
    """Yield the positions after an opening until the story goes on: at a heading of its rank, or prose after a line."""
    heading = page.tags[opening] in HEADINGS
    for i in range(opening + 1, end):
        if (
            heading
            and page.tags[i] in HEADINGS
            and page.tags[i] <= page.tags[opening]
            and page.weights[min(i + 1, end - 1)]
        ):
            return
        if not heading and careful and page.weights[i] and page.heard[i]:
            return
        yield i


def _choose_region(page: _Page) -> int:
    """Return the region that holds most prose for least else; -1 where none holds any."""
    likely = Counter(
        page.looks(i) for i, heard in enumerate(page.heard) if heard and page.weights[i] and not page.why[i]
    )
    gains = [0.0, *accumulate(_gain(page, i, likely) for i in range(len(page.blocks)))]

    def gain(number: int) -> float:
        region = page.layout.regions[number]
        total = gains[region.end] - gains[region.start]
        if page.marks[number] is Mark.BODY:
            return total * 1.3
        return total * 1.1 if region.element.tag in {"article", "main"} else total

    numbers = range(len(page.layout.regions))
    best = max(numbers, key=gain, default=-1)
    if best < 0 or gain(best) <= 0:
        return -1
    # Comments can outweigh a short story; the story comes first.
    start = page.layout.regions[best].start
    for number in numbers:
        region = page.layout.regions[number]
        if page.anchor <= region.start and region.end <= start and gain(number) > max(200.0, 0.35 * gain(best)):
            return number
    return best


def _gain(page: _Page, i: int, likely: Counter[tuple[object, ...]]) -> float:
    """Return what a block adds to a region that would hold it."""
    block, reason = page.blocks[i], page.why[i]
    scrap = min(len(block.text), 60)
    if reason == "before":
        return 0.0
    if reason:
        return -0.4 * scrap
    if weight := page.weights[i]:
        if page.heard[i]:
            weight = weight * 3 // 2
        elif page.extractor:
            weight = weight * 3 // 5 if likely[page.looks(i)] > 1 else -weight // 5
        return float(weight * 4 // 3 if page.stated_in[i] else weight)
    if page.heard[i]:
        return scrap / 2
    return -10.0 if page.tags[i] == "tr" else -float(scrap)


def _standfirst(page: _Page, start: int) -> list[int]:
    """Return the positions of the standfirst between the headline and the story's region, at most three lines."""
    found = []
    for i in range(page.anchor, start):
        text = page.blocks[i].text
        marked = page.marks[page.blocks[i].region] is Mark.STANDFIRST
        # Some write it as a heading: then it is one that is a sentence.
        headed = page.tags[i] in HEADINGS - {"h1"} and len(text) >= _SENTENCE and bool(_SENTENCE_END.search(text))
        open_to_it = page.why[i] == "" or (marked and page.why[i] in {"byline", "aside"})
        if not open_to_it or len(text) > _LONGEST_STANDFIRST or page.folded[i] == page.headline:
            continue
        if (page.weights[i] or headed) and not phrases.furniture(text):
            found.append(i)
    return list({page.folded[i]: i for i in reversed(found[:3])}.values())[::-1]


def _within(page: _Page, start: int, end: int) -> list[int]:
    """Return the positions of the story's blocks inside its region."""
    end = _second_story(page, start, end)
    likely = Counter(page.looks(i) for i in range(start, end) if page.heard[i] and page.weights[i] and not page.why[i])
    heard = [i for i in range(start, end) if page.heard[i] and page.weights[i]]
    last = heard[-1] if heard else end
    for i in range(start, end):
        if not page.why[i]:
            page.why[i] = _reason(page, i, likely, i <= last)
    _drop_poor_lists(page, start, end)
    _drop_strays(page, start, end)
    kept = [i for i in range(start, end) if not page.why[i]]
    while kept and page.tags[kept[-1]] in HEADINGS:
        page.why[kept.pop()] = "trailing"
    return kept


def _drop_poor_lists(page: _Page, start: int, end: int) -> None:
    """Drop what is left of a list most of whose items turned out to be furniture."""
    for region in page.layout.regions:
        if region.element.tag in {"ul", "ol", "dl"} and start <= region.start and region.end <= end:
            out = sum(bool(page.why[i]) for i in range(region.start, region.end))
            if 2 * out >= region.end - region.start > 1:
                page.drop(range(region.start, region.end), "list")


def _drop_strays(page: _Page, start: int, end: int) -> None:
    """Drop headlines of other stories that stand in this one as if they were its paragraphs.

    Such a line is no sentence, and either the page links to a story by these very words, or none of its words occurs
    anywhere in this story.
    """
    linked = {page.folded[i] for i, block in enumerate(page.blocks) if block.linked >= 0.9 * len(block.text)}
    kept = [i for i in range(start, end) if not page.why[i]]
    stems = Counter(stem for i in kept for stem in _stems(page.blocks[i].text))
    for before, i, after in zip(kept, kept[1:], kept[2:], strict=False):
        text = page.blocks[i].text
        among_prose = page.weights[before] and page.weights[after] and not page.weights[i]
        if not among_prose or page.tags[i] not in {"p", "div"} or _SENTENCE_END.search(text):
            continue
        words = _stems(text)
        if page.folded[i] in linked or (len(words) >= 4 and all(stems[word] == 1 for word in words)):
            page.drop([i], "stray")


def _stems(text: str) -> set[str]:
    """Return the beginnings of a line's longer words: enough to see that two lines speak of the same things."""
    return {word[:5] for word in _WORDS.findall(text.casefold())}


def _second_story(page: _Page, start: int, end: int) -> int:
    """Return where a second story begins in the region: at another top heading after enough prose."""
    tops = [i for i in range(start, end) if page.tags[i] == "h1" and i > page.anchor]
    if 0 < len(tops) <= 3 and page.live(page.anchor, tops[0]) > 300:
        return tops[0]
    return end


def _reason(page: _Page, i: int, likely: Counter[tuple[object, ...]], between: bool) -> str:
    """Return why a block inside the story's region is not the story, or nothing."""
    block = page.blocks[i]
    if page.tags[i] == "h1" or page.folded[i] == page.headline or not page.folded[i]:
        return "headline"
    if block.linked >= 0.8 * len(block.text) and not (page.tags[i] not in {"li", "p", "div"} and page.heard[i]):
        return "links"
    if furniture := phrases.furniture(block.text):
        return furniture
    if page.weights[i] and page.extractor and not page.heard[i] and not page.stated_in[i]:
        return "" if between or likely[page.looks(i)] > 1 else "unheard"
    if not page.weights[i] and _is_scrap(page, i):
        return "scrap"
    return ""


def _is_scrap(page: _Page, i: int) -> bool:
    """Say whether a short block is a label beside a picture or a lost word rather than a line of the story."""
    tag, text = page.tags[i], page.blocks[i].text
    if tag in HEADINGS or page.stated_in[i]:
        return False
    region = page.layout.regions[page.holder(i)]
    if region.pictures and region.end - region.start <= 3:
        return True
    if tag in {"p", "li", "tr", "blockquote", "dd", "dt", "pre"} or _SENTENCE_END.search(text):
        return False
    return not page.heard[i]
