"""What a reader must know of a text: that it is missing, or only the beginning of one.

Takes the text and the page's statements; gives marks. Does not care why a publisher holds the rest back.
"""

import re

from monitor.extract.blocks import Layout
from monitor.extract.structured import Facts
from monitor.extract.wording import sections
from monitor.records import Entry

TEXT_UNAVAILABLE = "text unavailable"
FEED_ONLY = "feed only"
PARTIAL = "partial"

# A text longer than this is worth reading whole, whatever the page says of subscribers.
_LONG = 4000
_CUT_OFF = re.compile(r"(?:\.{3}|…|\[(?:…|\.{3})\]|\bread more)\s*$", re.IGNORECASE)
_CLOSED = re.compile("|".join(sections("phrases.txt")["paywalls"]), re.IGNORECASE)


def read_marks(text: str, facts: Facts, layout: Layout, entry: Entry | None) -> tuple[str, ...]:
    """Return the marks of a text: none where it is whole."""
    if not text:
        return (TEXT_UNAVAILABLE,)
    if len(text) < _LONG and (_CUT_OFF.search(text) or _held_back(facts) or _asks_to_pay(layout)):
        return (PARTIAL,)
    return (PARTIAL,) if entry and len(entry.text) > 3 * len(text) else ()


def _held_back(facts: Facts) -> bool:
    """Say whether the page states that its text is not free."""
    free = facts.article.get("isAccessibleForFree")
    tier = facts.meta("article:content_tier", "og:article:content_tier", "content_tier", "cxenseparse:recs:articletype")
    return str(free).casefold() == "false" or tier.casefold() in {"locked", "metered", "paid", "premium", "paywall"}


def _asks_to_pay(layout: Layout) -> bool:
    """Say whether a short block of the page says that the rest is for subscribers."""
    return any(len(block.text) < 300 and _CLOSED.search(block.text) for block in layout.blocks)
