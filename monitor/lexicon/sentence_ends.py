"""Where sentences end, in every script, without a model.

Takes a text, gives spans. A line break always ends one. Abbreviations, initials and numbers are what goes wrong most:
the language files hold those that news is full of, and any single capital letter counts as an initial.
"""

import re
from functools import cache

from monitor.lexicon.tables import grammar

# Of English, and of the titles and units all languages share.
_SHARED = frozenset(
    """
    dr mr mrs ms st jr sr prof gen col lt sgt capt cmdr adm gov sen rep rev hon no nos vs etc inc ltd co
    corp bros jan feb mar apr jun jul aug sept sep oct nov dec fig al ed vol approx est u.s u.k u.n
    u.s.a d.c e.g i.e a.m p.m
    """.split()  # noqa: SIM905 - a list of seventy quoted words hides them
)
# One class in front, so that the search skips to the next stop; what kind of stop it is, is looked at then.
_ENDS = re.compile("[.!?…。！？｡؟।॥۔\n]+[\"'»”’)\\]」』）]*")
_STOPS = ".!?…"
# What is longer is no abbreviation; the search need not begin with the sentence.
_LONGEST_WORD = 40
_LAST_WORD = re.compile(r"[^\s(«\"'“„]+$")
# "…last word.The next": the space was lost with the page's markup.
_GLUED = re.compile(r"[^\W\d_][.!?][A-ZÀ-ÝА-ЯІЇЄ][a-zà-ÿа-яіїє]")
# What a new sentence opens with where the script has capitals.
_OPENING = re.compile(r"\s*[\"'«“„‘(\[–—-]*\s*(\S)")


@cache
def _abbreviations(language: str | None) -> frozenset[str]:
    return _SHARED | grammar(language or "").abbreviations


def sentences(text: str, language: str | None = None) -> tuple[tuple[int, int], ...]:
    """Return the (start, end) of each sentence of a text, in order, without the white space around it."""
    found: list[tuple[int, int]] = []
    start = 0
    for end in _ENDS.finditer(text):
        if end[0][0] in _STOPS and "\n" not in end[0] and not _ends(text, start, end.start(), end.end(), language):
            continue
        _append(found, text, start, end.end())
        start = end.end()
    _append(found, text, start, len(text))
    return tuple(found)


def _append(found: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    piece = piece.strip()
    if piece:
        found.append((start + left, start + left + len(piece)))


def _ends(text: str, start: int, mark: int, after: int, language: str | None) -> bool:
    """Return whether the mark at `mark` ends the sentence that began at `start`."""
    if after < len(text) and not text[after].isspace():
        return after == mark + 1 and _GLUED.match(text, max(0, mark - 1)) is not None
    opening = _OPENING.match(text, after)
    if opening is not None and opening[1].islower() and text[mark] in ".…":
        return False
    if text[mark] != "." or text.startswith("..", mark):
        return True
    last = _LAST_WORD.search(text, max(start, mark - _LONGEST_WORD), mark)
    if last is None:
        return True
    word = last[0]
    if len(word) == 1 and word.isupper():
        return opening is None or "\n" in text[after : opening.start(1)]
    return word.casefold() not in _abbreviations(language) or opening is None or "\n" in text[after : opening.start(1)]
