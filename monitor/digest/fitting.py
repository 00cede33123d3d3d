"""How much of a mail fits: stories in full by rank, the rest by title, and never one dropped without a word.

Gmail cuts a mail off near 102 KB of HTML, so what a reader should see must come before that.
"""

from collections.abc import Callable

from monitor.digest.building import Draft
from monitor.digest.frame import Frame
from monitor.digest.transfer import encoded_size
from monitor.digest.view import Mail

HTML_DECODED = 80_000  # bytes of UTF-8
HTML_ENCODED = 100_000  # bytes on the wire
TEXT_DECODED = 3_500_000  # with base64 and the HTML within the 5 MB that every server takes
MOST_CARDS = 250  # none is under 320 bytes, so more can never fit
TITLES_SHARE = 0.45  # of the budget, so that a flood of titles leaves room for stories
FULL_IN_TEXT = 1_000  # stories; beyond, a title and an address each

Render = Callable[[Mail, Frame], str]


def fit_html(draft: Draft, render: Render) -> str:
    """Return the HTML with as many stories in full as the budget holds."""
    total = len(draft.cards)

    def page(full: int, named: int) -> str:
        return render(draft.cut(full, named, "unnamed_in_text"), draft.frame)

    if total <= MOST_CARDS and fits(whole := page(total, 0)):
        return whole
    named = _most(min(total, 2_000), lambda count: fits(page(0, count), TITLES_SHARE))
    full = _most(min(total, MOST_CARDS), lambda count: fits(page(count, min(named, total - count))))
    return page(full, min(named, total - full))


def fit_text(draft: Draft, render: Render) -> str:
    """Return the text with every story; those far down a flood have a title and an address only."""
    total = len(draft.cards)
    full = min(total, FULL_IN_TEXT)
    while True:
        text = render(draft.cut(full, total - full, linked=total), draft.frame)
        if len(text.encode()) <= TEXT_DECODED or not full:
            break
        full //= 2
    if len(text.encode()) <= TEXT_DECODED:
        return text
    named = _most(total, lambda count: len(_titles(draft, render, count).encode()) <= TEXT_DECODED)
    return _titles(draft, render, named)


def _titles(draft: Draft, render: Render, named: int) -> str:
    return render(draft.cut(0, named, linked=named), draft.frame)


def fits(html: str, share: float = 1.0) -> bool:
    """Tell whether HTML stays within a share of both budgets."""
    data = html.encode()
    return len(data) <= HTML_DECODED * share and encoded_size(data) <= HTML_ENCODED * share


def _most(limit: int, holds: Callable[[int], bool]) -> int:
    """Return the largest number up to `limit` that holds, where smaller ones hold if it does; 0 if none does."""
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        if holds(middle):
            low = middle
        else:
            high = middle - 1
    return low
