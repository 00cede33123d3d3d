"""What a story knows of its tellings: who told it first, who only passed it on, and where they disagree.

Owns: the chain of credit, the count of independent origins, the figures told differently. Takes: tellings in the
order they were seen. Gives: a `Lineage`. Does not care: which articles make a story.

An origin is an outlet or agency that nothing leads away from: it credits nobody and its text is nobody's copy. An
agency that others credit is one though none of its own articles was seen.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from monitor.group.figures import compatible, figures
from monitor.group.index import Index
from monitor.group.news_words import named, things
from monitor.group.sketching import sketch
from monitor.lexicon import base_language
from monitor.records import Article, Disputed, Lineage, Telling, Told
from monitor.urls import brand, registrable_host

# From this share of common word triples on, one text was made from the other.
_COPY = 0.6
# Longer chains are made of misread credits.
_LONGEST = 6
# What credits more than this is a list of links, not a text that says where it comes from.
_MOST_CREDITS = 3
# A thing is what a figure counts if it stands at most this many characters after it: "17 new accords".
_REACH = 24
# Sums below this are as often part of a phrase as a count.
_SMALLEST = 2.0
_YEARS = range(1900, 2101)
# What an outlet says of an event's size it says this early.
_LEAD = 300
# Counts that are further apart than this many times count different things.
_FURTHEST = 5.0
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|[。！？\n]")
# A page of prices changes them all; a reader needs no table of it.
_MOST_CHANGES = 5


def lineage(tellings: Sequence[Telling], language: str = "en") -> Lineage:
    """Return what the tellings of one story, in the order they were seen, say of where it comes from.

    What is disputed is named in `language` where its word is known there, else in English.
    """
    sources = _Sources()
    told = [sources.outlet(telling) for telling in tellings]
    for outlet, telling in zip(told, tellings, strict=True):
        for credit in telling.article.credited[:_MOST_CREDITS]:
            if keys := _keys(credit.name, credit.url):
                sources.lead(outlet, sources.named(credit.name, keys))
    for original, copy in _copies(tellings):
        if not sources.credits(told[copy]):
            sources.lead(told[copy], told[original])
    ends = {end for outlet in told for end in sources.ends(outlet)}
    ways = sources.ways()
    chain = max((ways[outlet] for outlet in told), key=len, default=())
    return Lineage(len(ends), chain if len(chain) > 1 else (), tuple(_disputed(tellings, language)))


class _Sources:
    """Outlets and agencies, found again by any of their names, and whom each has its news from."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._by_key: dict[str, int] = {}
        self._from: list[list[int]] = []

    def outlet(self, telling: Telling) -> int:
        """Return the number of the outlet that told."""
        return self.named(telling.outlet, _keys(telling.outlet, telling.article.url))

    def named(self, name: str, keys: Sequence[str]) -> int:
        """Return the number of who goes by any of these keys, a new one where nobody does."""
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

    def ways(self) -> list[tuple[str, ...]]:
        """Return for each the longest way that news came to it, by name; no longer than a reader can follow."""
        ways: list[tuple[str, ...]] = [(name,) for name in self._names]
        for _ in range(_LONGEST - 1):
            ways = [
                (*max((ways[origin] for origin in origins), key=len, default=()), self._names[number])
                for number, origins in enumerate(self._from)
            ]
        return ways

    def _reached(self, number: int) -> set[int]:
        reached: set[int] = set()
        ahead = [number]
        while ahead:
            here = ahead.pop()
            if here not in reached:
                reached.add(here)
                ahead += self._from[here]
        return reached


def _keys(name: str, url: str | None) -> tuple[str, ...]:
    """Return what an outlet is known by: its plain name and the brand of its host; nothing for a name of no letters.

    "Thanh Niên" is credited as "thanhnien.vn" as often as by its name: a name that is an address is its outlet's.
    """
    host = registrable_host(url or (name.strip().lower() if "." in name and " " not in name.strip() else ""))
    return tuple(key for key in (_plain(name), _plain(brand(host.removeprefix("www.")))) if key)


def _plain(name: str) -> str:
    bare = unicodedata.normalize("NFKD", name.casefold().replace("đ", "d"))
    return "".join(sign for sign in bare if sign.isalnum())


def _copies(tellings: Sequence[Telling]) -> Iterator[tuple[int, int]]:
    """Yield (original, copy) of tellings whose text is that of one seen before, by the first such one."""
    if len(tellings) < 2:
        return
    index = Index()
    for number, telling in enumerate(tellings):
        index.add(sketch(telling.article))
        for earlier in range(number):
            if index.resemblance(earlier, number) >= _COPY:
                yield earlier, number
                break


def _disputed(tellings: Sequence[Telling], language: str) -> Iterator[Disputed]:
    """Yield the counts on which outlets disagree, by what each says of it in its headline or else its lead.

    Further down a text counts other things by the same word: the agreements of last year, the two companies of three.
    """
    if len(tellings) < 2:
        return
    versions: defaultdict[str, dict[str, tuple[float, str]]] = defaultdict(dict)
    for telling in tellings:
        article = telling.article
        headline = _single_counts(replace(article, text="", summary=""))
        lead = _single_counts(replace(article, text=(article.text or article.summary)[:_LEAD]))
        for what, said in (lead | headline).items():
            versions[what].setdefault(telling.outlet, said)
    for what, by_outlet in sorted(versions.items()):
        told: defaultdict[float, list[str]] = defaultdict(list)
        for outlet, (value, _) in by_outlet.items():
            told[value].append(outlet)
        if len(told) > 1 and max(told) <= _FURTHEST * min(told):
            ranked = sorted(told.items(), key=lambda one: (-len(one[1]), one[0]))
            versions_told = tuple(Told(value, by_outlet[by[0]][1], tuple(by)) for value, by in ranked)
            yield Disputed(named(what, language), versions_told)


def changed_figures(before: Article, after: Article) -> tuple[tuple[str, str, str], ...]:
    """Return which figures an edit changed, as (of what, before, now); of what is "" where we do not know it.

    A count has changed where either text gives one number of a thing and they differ; any other figure where a
    sentence is the same but for its figures.
    """
    then, now = _single_counts(before), _single_counts(after)
    changes = [(what, then[what][1], now[what][1]) for what in then if what in now and then[what][0] != now[what][0]]
    known = {(was, is_) for _, was, is_ in changes}
    said = {_FIGURE.sub("#", sentence): _FIGURE.findall(sentence) for sentence in _sentences(before)}
    for sentence in _sentences(after):
        for was, is_ in zip(said.get(_FIGURE.sub("#", sentence), ()), _FIGURE.findall(sentence), strict=False):
            if was != is_ and (was, is_) not in known:
                known.add((was, is_))
                changes.append(("", was, is_))
    return tuple(changes[:_MOST_CHANGES])


def _single_counts(article: Article) -> dict[str, tuple[float, str]]:
    """Return the things of which an article gives one number only, with that number and how it is written."""
    found: defaultdict[str, dict[float, str]] = defaultdict(dict)
    for what, value, text in _counts(article):
        found[what].setdefault(value, text)
    return {what: next(iter(said.items())) for what, said in found.items() if len(said) == 1}


def _sentences(article: Article) -> Iterator[str]:
    text = compatible(f"{article.title}\n{article.text}")
    return (sentence.strip() for sentence in _SENTENCE_END.split(text) if _FIGURE.search(sentence))


def _counts(article: Article) -> Iterator[tuple[str, float, str]]:
    """Yield (thing, value, as it is written) for the figures of an article that count something we know."""
    text = compatible(f"{article.title}\n{article.text or article.summary}")
    language = base_language(article.language) or ""
    counted = list(things(text, language))
    for offset, figure in figures(text, language):
        end = offset + len(figure.text)
        if figure.value < _SMALLEST or figure.value in _YEARS:
            continue
        near = [thing for start, thing in counted if end <= start <= end + _REACH]
        if near:
            yield near[0], figure.value, figure.text
