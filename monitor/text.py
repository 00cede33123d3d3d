"""Small pure functions over text that more than one room needs.

Whitespace, control characters, lengths. What depends on a language lives in `monitor.lexicon`.
"""

import re
import unicodedata

# Bidi embeddings, overrides and isolates: they reorder what a reader sees and have no place in a title or a header.
BIDI_CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# Soft hyphen, zero-width space and joiners, word joiner, BOM. ZWNJ and ZWJ (U+200C, U+200D) stay: Persian and Hindi
# spell with them.
INVISIBLE = "\u00ad\u200b\u2060\ufeff"

_INVISIBLE = re.compile(f"[{BIDI_CONTROLS}{INVISIBLE}]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_BREAKS = re.compile(r"\r\n?|[\x85\u2028\u2029]")
_SPACES = re.compile(r"\s+")


def clean(text: str) -> str:
    r"""Return NFC text with `\n` as its only line break, without control, bidi and invisible characters."""
    text = _CONTROL.sub("", _BREAKS.sub("\n", text))
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text))


def one_line(text: str) -> str:
    """Return cleaned text on one line, its runs of white space made single spaces."""
    return _SPACES.sub(" ", clean(text)).strip()


def paragraphs(text: str) -> tuple[str, ...]:
    """Return the non-empty lines of a text, each on one line of its own."""
    return tuple(line for line in (_SPACES.sub(" ", part).strip() for part in clean(text).split("\n")) if line)


def shorten(text: str, limit: int) -> str:
    """Return text of at most `limit` characters, cut at a word where one ends near, and marked with an ellipsis."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    space = cut.rfind(" ")
    if space > limit * 2 // 3:
        cut = cut[:space]
    return cut.rstrip() + "…"
