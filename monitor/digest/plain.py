"""Filters for the plain-text part: lines a terminal shows whole, marked words, rules under headings."""

from textwrap import fill
from unicodedata import east_asian_width

from monitor.digest import inert
from monitor.digest.view import Sentence

WIDTH = 76  # columns; two are left for the ">" of an answer


def wrap(text: str, indent: str = "") -> str:
    """Return text in lines of at most 76 columns, each beginning with `indent`; long words stay whole."""
    wide = sum(east_asian_width(letter) in "WF" for letter in text)
    # A script without spaces is wrapped between its letters, which take two columns each.
    foreign = wide * 2 > len(text)
    return fill(
        text,
        width=WIDTH // 2 if foreign else WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=foreign,
        break_on_hyphens=False,
    )


def starred(sentence: Sentence) -> str:
    """Return a sentence with its counting words *so*."""
    return "".join(f"*{span.text}*" if span.marked else span.text for span in sentence.spans)


def heading(text: str) -> str:
    """Return a heading in capitals, with a rule under it as long as it is wide."""
    columns = sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
    return f"{text.upper()}\n{'—' * min(columns, WIDTH)}"


FILTERS = {"wrap": wrap, "starred": starred, "heading": heading, "isolate": inert.isolated}
