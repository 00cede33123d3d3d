"""Foreign words made safe to stand in a mail: cleaned, capped, with known direction, marked, linked honestly.

Takes what outlets wrote and gives plain strings; escaping for HTML is the template engine's.
"""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import urlsplit

from monitor.text import one_line, shorten
from monitor.urls import absolute, without_trackers

TITLE = 300  # characters, after which a title is an accident or an attack
SENTENCE = 480
NAME = 80

# Cut before cleaning, so that a title of a megabyte costs no more than one of a page.
_RAW = 20
_FSI, _PDI = "\u2068", "\u2069"
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a sentence; `marked` where it is one of the words that count."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """Where an item leads and the host a reader will really reach; both "" where there is no safe address."""

    url: str = ""
    host: str = ""


def capped(text: str, limit: int = TITLE) -> str:
    """Return foreign text on one line, without control or bidi characters, at most `limit` characters."""
    return shorten(one_line(text[: limit * _RAW]), limit)


def link(url: str) -> Link:
    """Return a followable http or https address without click trackers, else an empty link."""
    safe = absolute(url)
    if safe is None:
        return Link()
    safe = without_trackers(safe)
    return Link(safe, host(safe))


def host(url: str) -> str:
    """Return the host of an address as a reader should judge it.

    A name with letters that can be mistaken for others is followed by its ASCII form; of a long one the end is shown,
    since that says whose it is.
    """
    name = (urlsplit(url).hostname or "").removeprefix("www.")
    try:
        ascii_name = name.encode("idna").decode("ascii")
        name = ascii_name.encode("ascii").decode("idna")
    except UnicodeError:  # no name that can be looked up; it is shown as it stands
        ascii_name = name
    shown = _end_of(name)
    return shown if name == ascii_name else f"{shown} ({_end_of(ascii_name)})"


def _end_of(name: str) -> str:
    name = one_line(name)
    return name if len(name) <= NAME else f"…{name[1 - NAME :]}"


def language_tag(code: str | None) -> str:
    """Return a well-formed language tag, or "", which HTML reads as "unknown"."""
    return code if code and _LANGUAGE.fullmatch(code) else ""


def direction(text: str) -> str:
    """Return "rtl" or "ltr" by the first letter that has a direction.

    That is what `dir="auto"` would do; not every mail program knows it.
    """
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        if kind in ("R", "AL"):
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"


def isolated(text: str) -> str:
    """Return text that cannot reorder its neighbours: what has right-to-left letters is put between isolates."""
    if any(unicodedata.bidirectional(letter) in ("R", "AL", "AN") for letter in text):
        return f"{_FSI}{text}{_PDI}"
    return text


def marked(text: str, terms: tuple[str, ...], limit: int = SENTENCE) -> tuple[Span, ...]:
    """Return a sentence in spans, its counting words marked; a long one is cut around the first of them."""
    text = one_line(text[: limit * _RAW * 5])
    pattern = _pattern(text, terms)
    if pattern is None:
        return (Span(shorten(text, limit)),)
    text = _around(text, pattern, limit)
    spans = []
    end = 0
    for found in pattern.finditer(text):
        spans += [Span(text[end : found.start()]), Span(found[0], marked=True)]
        end = found.end()
    return tuple(span for span in (*spans, Span(text[end:])) if span.text)


def _pattern(text: str, terms: tuple[str, ...]) -> re.Pattern[str] | None:
    """Compile what finds the terms, or return None where none is there.

    They are found as whole words where they stand as such, as bare strings where a script writes no spaces.
    """
    words = sorted({one_line(term) for term in terms}, key=lambda word: (-len(word), word))
    found = [_one_term(word, text) for word in words if word and word in text]
    return re.compile("|".join(found)) if found else None


def _one_term(word: str, text: str) -> str:
    whole = rf"(?<!\w){re.escape(word)}(?!\w)"
    return whole if re.search(whole, text) else re.escape(word)


def _around(text: str, pattern: re.Pattern[str], limit: int) -> str:
    """Return a window of a text that holds its first marked word, cut at words where some are near."""
    if len(text) <= limit:
        return text
    first = pattern.search(text)
    start = max(0, (first.start() if first else 0) - limit // 3)
    if start:
        space = text.find(" ", start, start + 20)
        start = space + 1 if space >= 0 else start
    cut = shorten(text[start:], limit - 1)
    return f"…{cut}" if start else cut
