"""Whether a site's layout has changed under us: its latest pages against its own history.

Pure: takes what extraction gave for a source's pages, gives since when and a reason in words. Does not care where
histories are kept.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from monitor.records import Extraction

# So many of a source's newest pages are held against those before; with a shorter history, chance looks like change.
LATELY = 10
HISTORY_FROM = 20
# Texts grown or shrunk by this factor, and shares fallen from "nearly all" to "half", are no chance.
_FACTOR = 3.0
_NEARLY_ALL, _HALF = 0.9, 0.5


@dataclass(frozen=True, slots=True)
class Vitals:
    """What one page's extraction gave, in figures; a page that gave no article is all zeroes.

    `length` is the text's, in characters; `share` is how much of the page's blocks became text (0 to 1).
    """

    at: datetime
    length: int = 0
    share: float = 0.0
    titled: bool = False
    dated: bool = False


def vitals(extraction: Extraction, at: datetime) -> Vitals:
    """Return the figures of an extraction made of a page fetched at this moment."""
    article = extraction.article
    lines = article.text.count("\n") + 1 if article.text else 0
    return Vitals(
        at,
        length=len(article.text),
        share=min(1.0, lines / max(1, len(extraction.blocks))),
        titled=bool(article.title),
        dated=article.published is not None,
    )


def layout_changed(pages: Sequence[Vitals]) -> tuple[datetime, str] | None:
    """Return since when a site's layout seems to have changed and how, in words; None where it has not.

    `pages` are a source's, oldest first. The alarm ends by itself once the history is full of the new layout.
    """
    history, lately = pages[:-LATELY], pages[-LATELY:]
    if len(history) < HISTORY_FROM:
        return None
    reasons = (test(history, lately) for test in (_lost, _resized, _diluted))
    return next(((lately[0].at, f"layout changed: {reason}") for reason in reasons if reason), None)


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
            return f"{now:.0%} of the latest pages have a {name}, {before:.0%} had one"
    return ""


def _resized(history: Sequence[Vitals], lately: Sequence[Vitals]) -> str:
    before, now = median(page.length for page in history), median(page.length for page in lately)
    if before and now and not before / _FACTOR < now < before * _FACTOR:
        return f"texts are {now:.0f} characters long, they were {before:.0f}"
    return ""


def _diluted(history: Sequence[Vitals], lately: Sequence[Vitals]) -> str:
    before, now = median(page.share for page in history), median(page.share for page in lately)
    if before and now and not before / _FACTOR < now < before * _FACTOR:
        return f"{now:.0%} of a page is text, it was {before:.0%}"
    return ""
