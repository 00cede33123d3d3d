"""Which blocks of a page are the story: the region that holds it, and within it what is not furniture.

Takes a layout, the headline, and what other voices (another extractor, the page's JSON-LD) hold to be text; gives the
positions of the story's blocks, in order. Every step is linear in the size of the page. Does not care about metadata.
"""

from collections import Counter
from itertools import accumulate

from monitor.extract import phrases
from monitor.extract.blocks import Layout
from monitor.extract.clearing import clear, clear_within
from monitor.extract.markup import Mark
from monitor.extract.reading import HEADINGS, SENTENCE_END, Reading, begin
from monitor.extract.voices import Voice

_SENTENCE, _LONGEST_STANDFIRST = 60, 1200


def select(
    layout: Layout, headline: str, extractor: Voice, stated: Voice, repeated: frozenset[int] = frozenset()
) -> tuple[int, ...]:
    """Return the positions of the story's blocks: standfirst, paragraphs, subheads, lists and quotes, in order."""
    return judge(layout, headline, extractor, stated, repeated)[0]


def judge(
    layout: Layout, headline: str, extractor: Voice, stated: Voice, repeated: frozenset[int] = frozenset()
) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Return the positions of the story's blocks, and for each block of the page why it is out ("" where it is in)."""
    page = begin(layout, headline, extractor, stated, repeated)
    clear(page)
    chosen = _choose_region(page)
    if chosen < 0:
        return (), tuple(reason or "no story" for reason in page.why)
    region = layout.regions[chosen]
    kept = tuple(dict.fromkeys([*_standfirst(page, region.start), *_within(page, region.start, region.end)]))
    story = frozenset(kept)
    return kept, tuple("" if i in story else reason or "outside" for i, reason in enumerate(page.why))


def _choose_region(page: Reading) -> int:
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


def _gain(page: Reading, i: int, likely: Counter[tuple[object, ...]]) -> float:
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


def _standfirst(page: Reading, start: int) -> list[int]:
    """Return the positions of the standfirst between the headline and the story's region, at most three lines."""
    found = []
    for i in range(page.anchor, start):
        text = page.blocks[i].text
        marked = page.marks[page.blocks[i].region] is Mark.STANDFIRST
        # Some write it as a heading: then it is one that is a sentence.
        headed = page.tags[i] in HEADINGS - {"h1"} and len(text) >= _SENTENCE and bool(SENTENCE_END.search(text))
        open_to_it = page.why[i] == "" or (marked and page.why[i] in {"byline", "aside"})
        if not open_to_it or len(text) > _LONGEST_STANDFIRST or page.folded[i] == page.headline:
            continue
        if (page.weights[i] or headed) and not phrases.furniture(text):
            found.append(i)
    return list({page.folded[i]: i for i in reversed(found[:3])}.values())[::-1]


def _within(page: Reading, start: int, end: int) -> list[int]:
    """Return the positions of the story's blocks inside its region."""
    end = _second_story(page, start, end)
    likely = Counter(page.looks(i) for i in range(start, end) if page.heard[i] and page.weights[i] and not page.why[i])
    heard = [i for i in range(start, end) if page.heard[i] and page.weights[i]]
    last = heard[-1] if heard else end
    for i in range(start, end):
        if not page.why[i]:
            page.why[i] = _reason(page, i, likely, i <= last)
    clear_within(page, start, end)
    kept = [i for i in range(start, end) if not page.why[i]]
    while kept and page.tags[kept[-1]] in HEADINGS:
        page.why[kept.pop()] = "trailing"
    return kept


def _second_story(page: Reading, start: int, end: int) -> int:
    """Return where a second story begins in the region: at another top heading after enough prose."""
    tops = [i for i in range(start, end) if page.tags[i] == "h1" and i > page.anchor]
    if 0 < len(tops) <= 3 and page.live(page.anchor, tops[0]) > 300:
        return tops[0]
    return end


def _reason(page: Reading, i: int, likely: Counter[tuple[object, ...]], between: bool) -> str:
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


def _is_scrap(page: Reading, i: int) -> bool:
    """Say whether a short block is a label beside a picture or a lost word rather than a line of the story."""
    tag, text = page.tags[i], page.blocks[i].text
    if tag in HEADINGS or page.stated_in[i]:
        return False
    region = page.layout.regions[page.holder(i)]
    if region.pictures and region.end - region.start <= 3:
        return True
    if tag in {"p", "li", "tr", "blockquote", "dd", "dt", "pre"} or SENTENCE_END.search(text):
        return False
    return not page.heard[i]
