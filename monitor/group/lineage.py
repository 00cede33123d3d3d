"""What a story knows of its tellings: who told it first, who only passed it on, and where they disagree.

Owns: the chain of credit, the count of independent origins, the figures told differently. Takes: tellings in the
order they were seen. Gives: a `Lineage`. Does not care: which articles make a story.

An origin is an outlet or agency that nothing leads away from: it credits nobody and its text is nobody's copy. An
agency that others credit is one though none of its own articles was seen.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from monitor.group.figures import compatible, figures
from monitor.group.index import Index
from monitor.group.news_words import things
from monitor.group.sketching import sketch
from monitor.lexicon import base_language
from monitor.records import Telling
from monitor.urls import registrable_host

# From this share of common word triples on, one text was made from the other.
_COPY = 0.6
# Longer chains are made of misread credits.
_LONGEST = 6
# A thing is what a figure counts if it stands at most this many characters after it: "17 new accords".
_REACH = 24
# Sums below this are as often part of a phrase as a count.
_SMALLEST = 2.0
_YEARS = range(1900, 2101)


@dataclass(frozen=True, slots=True)
class Told:
    """One version of a figure: its value, the words of the first outlet that told it so, and all such outlets."""

    value: float
    text: str
    outlets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Disputed:
    """A count on which outlets disagree: of what ("agreement"), and its versions, the most often told first."""

    what: str
    versions: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Lineage:
    """`origins` counts the independent ones; `chain` is the longest way the news went, its origin first.

    `chain` is empty where nobody credits anybody and no text is a copy.
    """

    origins: int
    chain: tuple[str, ...] = ()
    disputed: tuple[Disputed, ...] = ()


def lineage(tellings: Sequence[Telling]) -> Lineage:
    """Return what the tellings of one story, in the order they were seen, say of where it comes from."""
    sources = _Sources()
    told = [sources.outlet(telling) for telling in tellings]
    for outlet, telling in zip(told, tellings, strict=True):
        for credit in telling.article.credited:
            sources.lead(outlet, sources.named(credit.name, credit.url))
    for original, copy in _copies(tellings):
        if not sources.credits(told[copy]):
            sources.lead(told[copy], told[original])
    ends = {end for outlet in told for end in sources.ends(outlet)}
    chain = max((sources.chain(outlet) for outlet in told), key=len, default=())
    return Lineage(len(ends), chain if len(chain) > 1 else (), tuple(_disputed(tellings)))


class _Sources:
    """Outlets and agencies, found again by any of their names, and whom each has its news from."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._by_key: dict[str, int] = {}
        self._from: list[list[int]] = []
        self._chains: dict[int, tuple[str, ...]] = {}

    def outlet(self, telling: Telling) -> int:
        """Return the number of the outlet that told."""
        return self.named(telling.outlet, telling.article.url)

    def named(self, name: str, url: str | None) -> int:
        """Return the number of an outlet. A name that is an address is the outlet of that address."""
        host = registrable_host(url or (name.strip() if "." in name else ""))
        keys = [key for key in (_plain(name), _plain(host.partition(".")[0])) if key]
        number = next((self._by_key[key] for key in keys if key in self._by_key), len(self._names))
        if number == len(self._names):
            self._names.append(name)
            self._from.append([])
        for key in keys:
            self._by_key.setdefault(key, number)
        return number

    def lead(self, number: int, origin: int) -> None:
        """Record that one has its news from another; outlets crediting each other are cut where the circle closes."""
        if origin not in self._from[number] and number not in self._reached(origin):
            self._from[number].append(origin)

    def credits(self, number: int) -> bool:
        """Return whether an outlet has its news from another."""
        return bool(self._from[number])

    def ends(self, number: int) -> set[int]:
        """Return the origins that an outlet's news goes back to."""
        return {reached for reached in self._reached(number) if not self._from[reached]}

    def chain(self, number: int) -> tuple[str, ...]:
        """Return the longest way to an outlet from an origin, by name."""
        if number not in self._chains:
            ways = [self.chain(origin) for origin in self._from[number]]
            self._chains[number] = (*max(ways, key=len, default=()), self._names[number])[-_LONGEST:]
        return self._chains[number]

    def _reached(self, number: int) -> set[int]:
        reached: set[int] = set()
        ahead = [number]
        while ahead:
            here = ahead.pop()
            if here not in reached:
                reached.add(here)
                ahead += self._from[here]
        return reached


def _plain(name: str) -> str:
    bare = unicodedata.normalize("NFKD", name.casefold().replace("đ", "d"))
    return "".join(sign for sign in bare if sign.isalnum())


def _copies(tellings: Sequence[Telling]) -> Iterator[tuple[int, int]]:
    """Yield (original, copy) of tellings whose text is that of one seen before, by the first such one."""
    index = Index()
    for number, telling in enumerate(tellings):
        index.add(sketch(telling.article))
        for earlier in range(number):
            if index.resemblance(earlier, number) >= _COPY:
                yield earlier, number
                break


def _disputed(tellings: Iterable[Telling]) -> Iterator[Disputed]:
    """Yield the counts on which outlets disagree: no outlet tells both, and two outlets tell each something."""
    versions: defaultdict[str, dict[str, dict[float, str]]] = defaultdict(dict)
    for telling in tellings:
        for what, value, text in _counts(telling):
            versions[what].setdefault(telling.outlet, {}).setdefault(value, text)
    for what, by_outlet in sorted(versions.items()):
        # An outlet that gives two numbers of one thing speaks of two things.
        single = {outlet: next(iter(said.items())) for outlet, said in by_outlet.items() if len(said) == 1}
        told: defaultdict[float, list[str]] = defaultdict(list)
        for outlet, (value, _) in single.items():
            told[value].append(outlet)
        if len(told) > 1:
            ranked = sorted(told.items(), key=lambda one: (-len(one[1]), one[0]))
            yield Disputed(what, tuple(Told(value, single[by[0]][1], tuple(by)) for value, by in ranked))


def _counts(telling: Telling) -> Iterator[tuple[str, float, str]]:
    """Yield (thing, value, as it is written) for the figures of a telling that count something we know."""
    article = telling.article
    text = compatible(f"{article.title}\n{article.text or article.summary}")
    language = base_language(article.language) or ""
    named = list(things(text, language))
    for offset, figure in figures(text, language):
        end = offset + len(figure.text)
        if figure.value < _SMALLEST or figure.value in _YEARS:
            continue
        near = [thing for start, thing in named if end <= start <= end + _REACH]
        if near:
            yield near[0], figure.value, figure.text
