"""Whether a site's layout has changed under us: its latest pages against its own history.

Pure: takes what extraction gave for a source's pages, gives a reason in words. Does not care where histories are kept.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from monitor.records import Extraction

# With fewer pages than these on either side, chance looks like change.
HISTORY_FROM = 20
LATELY_FROM = 5
# Texts grown or shrunk by this factor, and shares fallen from "nearly all" to "half", are no chance.
_FACTOR = 3.0
_NEARLY_ALL, _HALF = 0.9, 0.5


@dataclass(frozen=True, slots=True)
class Vitals:
    """What one page's extraction gave, in figures.

    `length` is the text's, in characters; `share` is how much of the page's blocks became text (0 to 1).
    """

    length: int
    share: float
    titled: bool
    dated: bool


def vitals(extraction: Extraction) -> Vitals:
    """Return an extraction's figures."""
    article = extraction.article
    lines = article.text.count("\n") + 1 if article.text else 0
    return Vitals(
        length=len(article.text),
        share=min(1.0, lines / max(1, len(extraction.blocks))),
        titled=bool(article.title),
        dated=article.published is not None,
    )


def layout_changed(history: Sequence[Vitals], lately: Sequence[Vitals]) -> str:
    """Return in words why a site's layout seems to have changed, or an empty string.

    `lately` are its newest pages, `history` those before them, both in any order.
    """
    if len(history) < HISTORY_FROM or len(lately) < LATELY_FROM:
        return ""
    for test in (_lost, _resized, _diluted):
        if reason := test(history, lately):
            return reason
    return ""


def _part(pages: Sequence[Vitals], has: Callable[[Vitals], bool]) -> float:
    return sum(map(has, pages)) / len(pages)


def _lost(history: Sequence[Vitals], lately: Sequence[Vitals]) -> str:
    """Say which field nearly all pages had, and now half of them lack."""
    fields: tuple[tuple[str, Callable[[Vitals], bool]], ...] = (
        ("text", lambda page: page.length > 0),
        ("title", lambda page: page.titled),
        ("date", lambda page: page.dated),
    )
    for name, has in fields:
        before, now = _part(history, has), _part(lately, has)
        if before >= _NEARLY_ALL and now <= _HALF:
            return f"layout changed: {now:.0%} of the latest pages have a {name}, {before:.0%} had one"
    return ""


def _resized(history: Sequence[Vitals], lately: Sequence[Vitals]) -> str:
    before, now = median(page.length for page in history), median(page.length for page in lately)
    if before and now and not before / _FACTOR < now < before * _FACTOR:
        return f"layout changed: texts are {now:.0f} characters long, they were {before:.0f}"
    return ""


def _diluted(history: Sequence[Vitals], lately: Sequence[Vitals]) -> str:
    before, now = median(page.share for page in history), median(page.share for page in lately)
    if before and now and not before / _FACTOR < now < before * _FACTOR:
        return f"layout changed: {now:.0%} of a page is text, it was {before:.0%}"
    return ""
