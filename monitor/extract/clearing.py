"""What is taken out of a page because of what it is named, what it repeats, where it stands and what it says.

Takes a page under judgement; marks blocks as out, with the reason. Every step is linear in the size of the page.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import accumulate

from monitor.extract import phrases
from monitor.extract.blocks import fingerprint
from monitor.extract.markup import Mark
from monitor.extract.reading import HEADINGS, SENTENCE_END, Reading

# The share of a page's prose beyond which a region cannot be what its name claims: the name is the page's frame.
_LIMITS = {Mark.HIDDEN: 0.7, Mark.FURNITURE: 0.4, Mark.CAPTION: 0.4, Mark.BYLINE: 0.2, Mark.ASIDE: 0.65}
_LONG_PARAGRAPH = 150
_QUOTED_POST = re.compile(r"tweet|bluesky|mastodon|instagram|telegram|tiktok")
_MOST_REPEATED = 0.6
# Recipes and tables repeat a line; nobody repeats a paragraph of this length on purpose.
_NO_ACCIDENT = 200
_WORDS = re.compile(r"[^\W\d_]{4,}")


def clear(page: Reading) -> None:
    """Take out what is furniture wherever the story may be."""
    _drop_marked(page)
    _drop_cards(page)
    _drop_repeated(page)
    _find_anchor(page)
    _drop_endings(page)


def clear_within(page: Reading, start: int, end: int) -> None:
    """Take out what is furniture only between the lines of the story, once these are known."""
    _drop_poor_lists(page, start, end)
    _drop_strays(page, start, end)


def _drop_marked(page: Reading) -> None:
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


def _drop_cards(page: Reading) -> None:
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


def _drop_repeated(page: Reading) -> None:
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


def _find_anchor(page: Reading) -> None:
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


def _drop_endings(page: Reading) -> None:
    """Drop what follows a heading that opens furniture ("Comments", "Related"), to the end of its region."""
    for i in range(page.anchor, len(page.blocks)):
        if page.why[i] or not phrases.opens_furniture(page.blocks[i].text):
            continue
        region = page.layout.regions[page.holder(i)]
        rest, before = page.live(i, region.end), page.live(page.anchor, i)
        page.drop([i], "ending")
        if rest <= 0.5 * before or (before > 600 and rest < 3 * before):
            page.drop(_until_resumed(page, i, region.end, careful=rest > 0.1 * before), "ending")


def _until_resumed(page: Reading, opening: int, end: int, *, careful: bool) -> Iterator[int]:
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


def _drop_poor_lists(page: Reading, start: int, end: int) -> None:
    """Drop what is left of a list most of whose items turned out to be furniture."""
    for region in page.layout.regions:
        if region.element.tag in {"ul", "ol", "dl"} and start <= region.start and region.end <= end:
            out = sum(bool(page.why[i]) for i in range(region.start, region.end))
            if 2 * out >= region.end - region.start > 1:
                page.drop(range(region.start, region.end), "list")


def _drop_strays(page: Reading, start: int, end: int) -> None:
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
        if not among_prose or page.tags[i] not in {"p", "div"} or SENTENCE_END.search(text):
            continue
        words = _stems(text)
        if page.folded[i] in linked or (len(words) >= 4 and all(stems[word] == 1 for word in words)):
            page.drop([i], "stray")


def _stems(text: str) -> set[str]:
    """Return the beginnings of a line's longer words: enough to see that two lines speak of the same things."""
    return {word[:5] for word in _WORDS.findall(text.casefold())}
