"""Whether two tellings of one source are one article: the same page under two addresses, or an agency's revision.

Pure: takes titles and texts, gives yes or no. It errs to the careful side: two articles taken for one cost a story.
"""

import re
from functools import lru_cache

# What agencies put before or after a headline to say that it replaces an earlier one, in the forms that are in use.
_MARK = (
    r"(?:\d+(?:st|nd|rd|th)\s+)?(?:lead|ld)(?:-?writethru)?(?:\s*\d+)?|lead\s*:?|urgent|flash|alert|breaking(?:\s+news)?|"
    r"update\s*\d*|wrapup\s*\d*|roundup(?:\s*\d+)?|recast(?:s)?|correct(?:ed|ion)|refil(?:e|ing)|updated|"
    r"urgente|urgence|eilmeldung|eil|zusammenfassung\s*\d*|zf\s*\d*|actualizaci[oó]n|actualizado|ampliaci[oó]n|"
    r"срочно|молния|обновлено|дополнено|速報|速报|快讯|更新|속보|종합|\d+보|عاجل|khẩn"
)
_OPEN, _CLOSE = r"[(\[【（]\s*", r"\s*[)\]】）]"
_BRACKETED = re.compile(
    rf"^\s*{_OPEN}(?:{_MARK}){_CLOSE}\s*|\s*{_OPEN}(?:{_MARK}){_CLOSE}\s*$",
    re.IGNORECASE,
)
# Without brackets a mark needs its own punctuation: "Update on talks" is a headline.
_LEADING = re.compile(rf"^\s*(?:{_MARK})\s*(?:[:|]|\s[-–—]|-(?=\S))\s*", re.IGNORECASE)
_WORDS = re.compile(r"\w+")
# What two tellings of one page share of the shorter one's words, at least.
_TITLE_SHARED, _TEXT_SHARED = 0.6, 0.6
# ... of a revised item: more of the headline, in which one word may be another country, and at least so many words.
_TITLE_REVISED, _TEXT_REVISED, _FEWEST = 0.75, 0.5, 3
# ... and of an item that is only told again under another address.
_TEXT_KEPT = 0.8
_MOST_WORDS = 400


def without_marks(title: str) -> str:
    """Return a headline without its agency's marks of urgency and revision; one of nothing else stays as it is."""
    bare = title
    while (shorter := _LEADING.sub("", _BRACKETED.sub("", bare))) != bare:
        bare = shorter
    return bare.strip() or title.strip()


@lru_cache(maxsize=4096)
def is_marked(title: str) -> bool:
    """Return whether a headline says that it belongs to a running item."""
    return without_marks(title) != title.strip()


def same_page(title: str, text: str, other_title: str, other_text: str) -> bool:
    """Return whether two tellings under one claimed address are one article, edited at most.

    Some sites claim one address for everything; then neither headline nor text is shared.
    """
    titles = _headline(title), _headline(other_title)
    return _shared(*titles) >= _TITLE_SHARED or _shared(words(text), words(other_text)) >= _TEXT_SHARED


def headlines_agree(title: str, other_title: str) -> bool:
    """Return whether two headlines of one source, hours apart, may be those of one item.

    Where one is marked as a revision, most words must be the same; unmarked, all of them.
    """
    first, second = _headline(title), _headline(other_title)
    if len(first & second) < _FEWEST:
        return False
    if is_marked(title) or is_marked(other_title):
        return _shared(first, second) >= _TITLE_REVISED
    # In their order: who beats whom is the news.
    return _WORDS.findall(title.casefold()) == _WORDS.findall(other_title.casefold())


def texts_agree(title: str, text: str, other_title: str, other_text: str) -> bool:
    """Return whether two texts whose headlines agree are one item: a daily column keeps its headline."""
    shared = _shared(words(text), words(other_text))
    if is_marked(title) or is_marked(other_title):
        return not (text and other_text) or shared >= _TEXT_REVISED  # a flash is a headline and nothing else
    return shared >= _TEXT_KEPT


@lru_cache(maxsize=4096)
def _headline(title: str) -> frozenset[str]:
    return words(without_marks(title))


def words(text: str) -> frozenset[str]:
    """Return a text's first words, folded; of scripts written without spaces, their pairs of letters."""
    found: set[str] = set()
    for word in _WORDS.findall(text.casefold())[:_MOST_WORDS]:
        if len(word) > 5 and not word.isascii() and ord(word[0]) > 0x0E00:
            found.update(word[at : at + 2] for at in range(len(word) - 1))
        else:
            found.add(word)
    return frozenset(found)


def _shared(first: frozenset[str], second: frozenset[str]) -> float:
    return len(first & second) / min(len(first), len(second)) if first and second else 0.0
