"""How sites word what is not part of a story, in many languages: the phrases are data/phrases.txt.

Takes one line of text; says what sort of furniture it is. Languages are only the order of the lists: a page in one
language often carries furniture in another.
"""

import re
from collections.abc import Callable

from monitor.extract.wording import sections

# Longer lines are prose that happens to begin with the same words.
_SHORT, _LINE, _LONG = 90, 220, 420

_LISTS = {name: "|".join(lines) for name, lines in sections("phrases.txt").items()}

_DAY = (
    r"(?:\d{1,2}[./\- ]{1,2}\d{1,2}[./\- ]{1,2}(?:\d{4}|\d{2})|\d{4}[./\-年]\s?\d{1,2}[./\-月]\s?\d{1,2}日?|"
    r"\d{1,2}\.? (?:de )?[^\W\d_]{3,12}(?:/[^\W\d_]{3,12})?\.?,? (?:de )?\d{4}|[^\W\d_]{3,12}\.? \d{1,2},? \d{4}|"
    r"(?:heute|gestern|today|yesterday|hoy|ayer|aujourd'hui|hier|oggi|ieri|сегодня|вчера),?)"
)
_CLOCK = r"\d{1,2}[:.h時]\d{2}(?:分|:\d{2})?"
_AROUND = (
    r"(?:\W|\d|[年月日時分]|\b(?:uhr|h|um|at|às|as|a las|saat|kl|klo|am|pm|a\.m|p\.m|gmt|utc|[a-z]{1,3}t|ist|min)\b)*"
)
_AGO = r"\d{1,2} (?:second|minute|min|hour|hr|day|week|month)s? ago|(?:vor|il y a|hace|há) \d{1,2} \w+"
_NAME = r"(?:[^\W\d_][\w.'’\-]*\.?)"
_NAMES = rf"{_NAME}(?:[ ,&]+(?:und|and|et|y|e|och|og|en)?\s?{_NAME}){{0,7}}"
_CREDIT = _LISTS["picture credits"]


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_OPENS = _compiled(rf"^\W*(?:{_LISTS['opens']})(?:\s*[\[(]?\d{{0,5}}[\])]?)\W*$")
_POINTS = _compiled(rf"^\W*(?:{_LISTS['points']})\s*(?:[:：|–—>»\-]|\bon\b|→|$)")
_LABEL = _compiled(rf"^\W*(?:{_LISTS['labels']})\W*$")
_STAMP = _compiled(
    rf"^\W*(?:(?:last |first |zuletzt |sist |sidst |senast |dernière )?(?:{_LISTS['stamp leads']})\b"
    r"\D{0,20}\d.{0,70}|"
    rf"(?:[^\W\d_]{{2,12}}\.?,? )?{_DAY}{_AROUND}|{_CLOCK}{_AROUND}|{_AGO})\W*$"
)
_BYLINE = _compiled(rf"^\W*(?:{_LISTS['byline leads']})\s+{_NAMES}\W*$")
_NOTICE = _compiled(_LISTS["notices"])
_CAPTION = _compiled(
    rf"(?:\(\s*(?:{_CREDIT})\b[^()]{{0,80}}\)|(?:{_CREDIT})\s*[:：©/|][^.!?]{{0,60}}|"
    # An agency in brackets after a full stop signs the story; without one it stands below a picture.
    rf"(?<![.!?…\s])\s*[(\[/|©]\s*(?:getty|reuters|afp|ap|epa|dpa|imago)\b[^.]{{0,40}})\W*$|"
    rf"^\W*(?:{_CREDIT})\s*[:：©/|]|^\W*©"
)
# "In this Dec. 12, 2006, file photo, …"
_PICTURED = _compiled(
    r"^in this\b.{0,60}\b(?:photo|image|screenshot)\b.{0,80}(?:,|\bshows?\b|\bprovided\b)|"
    r"^(?:an? |this )?(?:file|handout|undated|archive) (?:photo|image|picture)\b"
)
# Looking for these first is ten times quicker than trying every notice on every paragraph.
_NOTICE_HINTS = _compiled("|".join(sections("phrases.txt")["notice hints"]))


def opens_furniture(text: str) -> bool:
    """Say whether a heading or short line opens a part that is no longer the story."""
    return len(text) < _SHORT and bool(_OPENS.match(text))


def is_label(text: str) -> bool:
    """Say whether a short line is only a label, a counter or a date."""
    return len(text) < _SHORT and bool(_LABEL.match(text) or _STAMP.match(text))


def is_byline(text: str) -> bool:
    """Say whether a short line only names who wrote the story."""
    return len(text) < _SHORT and bool(_BYLINE.match(text))


def points_elsewhere(text: str) -> bool:
    """Say whether a line only sends the reader to another story."""
    return len(text) < _LINE and bool(_POINTS.match(text))


def is_notice(text: str) -> bool:
    """Say whether a line asks the reader for something or speaks of the site instead of the news."""
    return len(text) < _LONG and bool(_NOTICE_HINTS.search(text) and _NOTICE.search(text))


def is_caption(text: str) -> bool:
    """Say whether a line ends or begins with a picture's credit, or speaks of its picture."""
    return (len(text) < _LINE and bool(_CAPTION.search(text))) or (len(text) < _LONG and bool(_PICTURED.match(text)))


_TESTS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("label", is_label),
    ("byline", is_byline),
    ("pointer", points_elsewhere),
    ("caption", is_caption),
    ("notice", is_notice),
)


def furniture(text: str) -> str:
    """Return what a line's words make it ("label", "byline", "pointer", "caption", "notice"), or ""."""
    return next((name for name, test in _TESTS if test(text)), "")
