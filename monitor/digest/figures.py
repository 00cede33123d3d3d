"""The figures of a story, and by how many outlets each is told: 17 accords here, 19 there.

Takes the numbers that were read from each article, keeps those its evidence and title speak of. Pure.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import get_month_names

from monitor.digest import inert
from monitor.records import Flag, Telling

MOST = 5  # of a story; the first sentences name what matters
_SMALLEST = 10.0  # a smaller number says nothing without what it counts, and half of them are articles or phrases
_YEARS = (1900.0, 2100.0)
_DAYS = 31.0
_SIGNS = ("月", "日", "号", "월", "일")  # month and day as they are written after a number in Chinese, Japanese, Korean
_NEXT_WORD = re.compile(r"[.\s]*(?:de\s+)?([^\W\d_]+)")


def figures(told: Iterable[tuple[Telling, Flag | None]]) -> tuple[tuple[float, int], ...]:
    """Return (value, number of outlets that name it), the most often told first, then in the order of telling."""
    outlets: dict[float, set[str]] = {}
    for telling, flag in told:
        for value in _spoken_of(telling, flag):
            outlets.setdefault(value, set()).add(telling.outlet)
    counted = [(value, len(names)) for value, names in outlets.items()]
    return tuple(sorted(counted, key=lambda one: -one[1])[:MOST])


def _spoken_of(telling: Telling, flag: Flag | None) -> Iterator[float]:
    evidence = flag.evidence if flag else ()
    sentences = (telling.article.title[: inert.TITLE], *(one.text[: inert.SENTENCE] for one in evidence))
    text = _folded(" ".join(sentences))
    for value, shown in telling.figures:
        # "17项" stands in the middle of a Chinese word; "17" must not be found in "2017".
        found = re.search(rf"(?<!\d){re.escape(_folded(shown))}(?!\d)", text)
        if found and value >= _SMALLEST and not _is_date(value, text[found.end() :], telling.article.language):
            yield value


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _is_date(value: float, after: str, language: str | None) -> bool:
    """Tell whether a number is a year, or the day of a month: "24 de noviembre", "24日"."""
    if not value.is_integer():
        return False
    if _YEARS[0] <= value <= _YEARS[1]:
        return True
    word = _NEXT_WORD.match(after[:32])
    return value <= _DAYS and word is not None and (word[1].startswith(_SIGNS) or word[1] in _months(language))


@lru_cache(maxsize=64)
def _months(language: str | None) -> frozenset[str]:
    """Return the words that months begin with in a language, long and short."""
    try:
        locale = Locale.parse((language or "en")[:2])
    except (ValueError, UnknownLocaleError):
        return frozenset()
    names = [*get_month_names("wide", locale=locale).values(), *get_month_names("abbreviated", locale=locale).values()]
    return frozenset(name.casefold().rstrip(".").split()[0] for name in names)
