"""What the names of elements, roles and classes say about a region: navigation, captions, share bars, comments.

Takes an element; gives a mark. The words are those designers use across languages, in data/names.txt; none names a
site. A mark is a claim: whether it is believed is decided where the whole page is known.
"""

import re
from enum import Enum
from functools import lru_cache
from itertools import pairwise

from lxml.html import HtmlElement

from monitor.extract.wording import sections


class Mark(Enum):
    """What a region claims to be."""

    NONE = "none"
    HIDDEN = "hidden"
    FURNITURE = "furniture"
    ASIDE = "aside"
    CAPTION = "caption"
    BYLINE = "byline"
    BODY = "body"
    STANDFIRST = "standfirst"


_FURNITURE_TAGS = frozenset({"nav", "footer", "form", "dialog", "menu", "fieldset"})
_FURNITURE_ROLES = frozenset(
    {"navigation", "menu", "menubar", "search", "contentinfo", "dialog", "alertdialog", "tablist", "toolbar", "banner"}
)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)

# Where a name says several things, the first of these counts: "article-body-ad" still holds the body.
_RANK = (Mark.BODY, Mark.STANDFIRST, Mark.FURNITURE, Mark.CAPTION, Mark.BYLINE, Mark.ASIDE)


def _meanings() -> dict[str, tuple[Mark, ...]]:
    """Return what each word, or pair of words, can mean, by rank."""
    found: dict[str, set[Mark]] = {}
    for section, lines in sections("names.txt").items():
        for line in lines:
            for word in line.split(", "):
                found.setdefault(word, set()).add(Mark(section))
    return {word: tuple(mark for mark in _RANK if mark in marks) for word, marks in found.items()}


_MEANINGS = _meanings()


@lru_cache(maxsize=8192)
def _named(names: str) -> Mark:
    """Return what class and id names say. Cached: a site repeats its names on every page."""
    found: set[Mark] = set()
    for name in names.split():
        # "md:hidden", "lg:w-1/2": a utility for one width of screen, not a name
        if ":" in name:
            continue
        words = [word.lower() for word in _WORD.findall(name)]
        for word in {*words, "".join(words), *(f"{first} {second}" for first, second in pairwise(words))}:
            found.update(_MEANINGS.get(word, ()))
    return next((mark for mark in _RANK if mark in found), Mark.NONE)


def mark(element: HtmlElement) -> Mark:
    """Return what an element's tag, role, class and id say that it is."""
    get = element.get
    names = get("class") or ""
    if get("hidden") is not None or "hidden" in names.split() or get("aria-hidden") == "true":
        return Mark.HIDDEN
    if (style := get("style")) and _UNSEEN.search(style):
        return Mark.HIDDEN
    return _by_tag(element) or _named(f"{names} {get('id') or ''}")


def _by_tag(element: HtmlElement) -> Mark | None:
    """Return what the tag alone says; None where names have to tell."""
    tag, role = element.tag, element.get("role") or ""
    if tag in _FURNITURE_TAGS or role in _FURNITURE_ROLES:
        return Mark.FURNITURE
    if tag == "figcaption" or (tag == "figure" and element.find(".//blockquote") is None):
        return Mark.CAPTION
    if element.get("itemprop") == "articleBody":
        return Mark.BODY
    return Mark.ASIDE if tag == "aside" or role == "complementary" else None
