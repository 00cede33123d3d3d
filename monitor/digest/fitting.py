"""How much of a mail fits: stories in full by rank, the rest by title, and never one dropped without a word.

Gmail cuts a mail off near 102 KB of HTML, so what a reader should see must come before that.
"""

from collections.abc import Callable

from monitor.digest.building import Draft
from monitor.digest.frame import Frame
from monitor.digest.rendering import Press
from monitor.digest.transfer import encoded_size
from monitor.digest.view import Mail

HTML_DECODED = 80_000  # bytes of UTF-8
HTML_ENCODED = 100_000  # bytes on the wire
TEXT_DECODED = 3_500_000  # with base64 and the HTML within the 5 MB that every server takes
MOST_CARDS = 160  # none is under 500 bytes, so more can never fit
MOST_TITLES = 800  # none is under 100 bytes
MOST_LINKED = 400  # none with its address is under 200
TITLES_SHARE = 0.45  # of the budget, so that a flood of titles leaves room for stories
ALL_TITLES_SHARE = 0.8  # where that is enough to name every story
FRAME_SHARE = 0.6  # of the budget, for all that is no story; the built-in templates never need as much
FULL_IN_TEXT = 1_000  # stories; beyond, a title and an address each

Render = Callable[[Mail, Frame], str]


def fit_html(draft: Draft, templates: Press) -> str:
    """Return the HTML with as many stories in full as the budget holds.

    The others are named, with links if all of them fit so, else without: the text part has their addresses. Raises
    BrokenTemplateError where a template's own frame leaves no room for stories.
    """
    render = templates.html
    total = len(draft.cards)
    if total <= MOST_CARDS and fits(whole := render(draft.cut(total, 0), draft.frame)):
        return whole
    if not fits(render(draft.cut(0, 0), draft.frame), FRAME_SHARE):
        raise templates.broken(f"{draft.mail.kind}.html", 0, "what it puts around the stories leaves them no room")
    if total <= MOST_LINKED:
        full, named = _room(draft, render, linked=True)
        if full + named == total:
            return _page(draft, render, full, named, linked=True)
    return _page(draft, render, *_room(draft, render, linked=False), linked=False)


def _room(draft: Draft, render: Render, *, linked: bool) -> tuple[int, int]:
    """Return how many stories fit in full, and how many of those after them by title.

    As many titles as a share of the budget holds; then stories; then titles in what is left.
    """
    total = len(draft.cards)

    def holds(full: int, named: int, share: float = 1.0) -> bool:
        return fits(_page(draft, render, full, min(named, total - full), linked=linked), share)

    if total <= MOST_TITLES and holds(0, total, ALL_TITLES_SHARE):
        titles = total
    else:
        titles = _most(min(total, MOST_TITLES), lambda count: holds(0, count, TITLES_SHARE))
    full = _most(min(total, MOST_CARDS), lambda count: holds(count, titles))
    return full, _most(min(total - full, MOST_TITLES), lambda count: holds(full, count))


def _page(draft: Draft, render: Render, full: int, named: int, *, linked: bool) -> str:
    return render(draft.cut(full, named, "unnamed_in_text", linked=linked), draft.frame)


def fit_text(draft: Draft, templates: Press) -> str:
    """Return the text with every story; those far down a flood have a title and an address only."""
    render = templates.text
    total = len(draft.cards)
    full = min(total, FULL_IN_TEXT)
    while True:
        text = render(draft.cut(full, total - full), draft.frame)
        if len(text.encode()) <= TEXT_DECODED or not full:
            break
        full //= 2
    if len(text.encode()) <= TEXT_DECODED:
        return text
    named = _most(total, lambda count: len(_titles(draft, render, count).encode()) <= TEXT_DECODED)
    return _titles(draft, render, named)


def _titles(draft: Draft, render: Render, named: int) -> str:
    return render(draft.cut(0, named), draft.frame)


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
