"""The compact evidence of one article: all that grouping ever looks at, small enough to keep for every article.

Owns: what of an article counts as evidence, and its bytes in the store. Takes: an `Article`. Gives: a `Sketch`.
Does not care: what other articles say; how rare a word or name is shows only beside others.
"""

import json
import re
import struct
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from functools import lru_cache
from sys import intern
from typing import TypeVar

from rensa import RMinHash

from monitor.errors import SketchesOutdated
from monitor.group.figures import Figure, compatible, figures
from monitor.group.frequent import frequent_words
from monitor.group.names import WORD, Name, fold, names
from monitor.group.news_words import things
from monitor.lexicon import base_language, detect, find, stem
from monitor.records import Article

# A sketch of another version is not comparable: it is made again from its article.
VERSION = 1
PERMUTATIONS = 64
_SEED = 20_240_201
_SHINGLE = 3
# An article says what it is about early on; a book-length page must not cost more than a long article.
_TITLE, _LEAD, _TEXT = 500, 300, 8_000
_WORDS, _NAMES, _FIGURES, _CONCEPTS = 120, 50, 30, 40
# A shorter text has too few triples of words to say whose copy it is.
_FEWEST_WORDS = 12
# A mention in the title or the lead counts thrice; nothing counts more than nine times.
IN_LEAD, _MOST = 3, 9

T = TypeVar("T")

UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]+")


@dataclass(frozen=True, slots=True)
class Sketch:
    """The evidence of one article.

    `signature` holds the 64 MinHash values of its word triples, four bytes each; empty for a very short text.
    `title` and `words` are stems without the frequent words of the language; `concepts` are those of the lexicon,
    `things` the news words. Numbers beside them say how much the text dwells on each, 1 to 9, most first.
    `credited` are folded names of outlets.
    `published` is in UTC; where the article named no offset it is off by at most half a day.
    """

    language: str
    published: datetime | None
    signature: bytes
    title: tuple[str, ...]
    words: tuple[tuple[str, int], ...]
    names: tuple[tuple[Name, int], ...]
    figures: tuple[Figure, ...]
    concepts: tuple[tuple[str, int], ...]
    things: tuple[tuple[str, int], ...]
    credited: tuple[str, ...]

    def to_bytes(self) -> bytes:
        """Return the bytes to store: a version byte, then compressed JSON."""
        fields = [
            self.language,
            self.published.isoformat() if self.published else None,
            self.signature.hex(),
            self.title,
            self.words,
            [(*astuple(name), dwells) for name, dwells in self.names],
            [astuple(figure) for figure in self.figures],
            self.concepts,
            self.things,
            self.credited,
        ]
        return bytes((VERSION,)) + zlib.compress(json.dumps(fields, ensure_ascii=False).encode())

    @classmethod
    def from_bytes(cls, stored: bytes) -> "Sketch":
        """Return the sketch that `to_bytes` stored. Raises SketchesOutdated for other versions and damage."""
        if stored[:1] != bytes((VERSION,)):
            raise SketchesOutdated(f"a sketch of version {stored[:1].hex() or 'none'}, not {VERSION}: make it again")
        try:
            fields = json.loads(zlib.decompress(stored[1:]))
            language, published, signature, title, words, spelt, numbers, concepts, named, credited = fields
            return cls(
                language=language,
                published=datetime.fromisoformat(published) if published else None,
                signature=bytes.fromhex(signature),
                title=tuple(map(intern, title)),
                words=_interned(words),
                names=tuple((Name(*map(intern, keys)), dwells) for *keys, dwells in spelt),
                figures=tuple(Figure(*figure) for figure in numbers),
                concepts=_interned(concepts),
                things=_interned(named),
                credited=tuple(credited),
            )
        except (ValueError, TypeError, zlib.error) as error:
            raise SketchesOutdated(f"a sketch that cannot be read ({error}): make it again") from error


def _interned(pairs: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Return the pairs of stored evidence; thousands of sketches share their words."""
    return tuple((intern(text), dwells) for text, dwells in pairs)


def sketch(article: Article) -> Sketch:
    """Return the evidence of one article; one without title, text, language or date gives what it has."""
    title = compatible(article.title)[:_TITLE]
    text = compatible(article.text or article.summary)[:_TEXT]
    whole = f"{title}\n{text}"
    language = base_language(article.language) or detect(whole) or ""
    lead = len(title) + 1 + _LEAD
    tokens = _tokens(text)
    title_stems = _stems(_tokens(title), language)
    dwelt = Counter(_stems(tokens, language))
    dwelt.update(title_stems * 2)
    dwelt.update(set(_stems(_tokens(text[:_LEAD]), language)))
    return Sketch(
        language=language,
        published=_moment(article.published),
        signature=_signature(tokens),
        title=tuple(dict.fromkeys(title_stems)),
        words=tuple((word, min(count, _MOST)) for word, count in dwelt.most_common(_WORDS)),
        names=_dwelt(names(whole, language), lead, _NAMES),
        figures=_figures(whole, language, lead),
        concepts=_dwelt(((found.start, found.concept) for found in find(whole, language)), lead, _CONCEPTS),
        things=_dwelt(things(whole, language), lead, _CONCEPTS),
        credited=tuple(dict.fromkeys(fold(credit.name) for credit in article.credited if credit.name)),
    )


def _dwelt(found: Iterable[tuple[int, T]], lead: int, most: int) -> tuple[tuple[T, int], ...]:
    """Return what a text names with how much it dwells on each, most first."""
    counts: Counter[T] = Counter()
    for offset, what in found:
        counts[what] += IN_LEAD if offset < lead else 1
    return tuple((what, min(count, _MOST)) for what, count in counts.most_common(most))


def _figures(text: str, language: str, lead: int) -> tuple[Figure, ...]:
    found = figures(text, language)
    shown = {figure.value: figure.text for _, figure in reversed(found)}
    dwelt = _dwelt(((offset, figure.value) for offset, figure in found), lead, _FIGURES)
    return tuple(Figure(value, shown[value], dwells) for value, dwells in dwelt)


def _moment(published: datetime | None) -> datetime | None:
    if published is None:
        return None
    return published.astimezone(UTC) if published.tzinfo else published.replace(tzinfo=UTC)


def _tokens(text: str) -> list[str]:
    """Return the words of a text; scripts without spaces give pairs of neighbouring signs."""
    found: list[str] = []
    for token in WORD.findall(text):
        run = UNSPACED.match(token)
        if run and run.end() == len(token):
            found.extend(token[i : i + 2] for i in range(max(1, len(token) - 1)))
        else:
            found.append(token)
    return found


@lru_cache(maxsize=200_000)
def _stem(word: str, language: str) -> str:
    """Return the stem of a word, nothing for a frequent one."""
    return "" if fold(word) in frequent_words(language) else stem(word, language)


def _stems(tokens: list[str], language: str) -> list[str]:
    return [found for token in tokens if (found := _stem(token, language))]


def _signature(tokens: list[str]) -> bytes:
    if len(tokens) < _FEWEST_WORDS:
        return b""
    words = [token.casefold() for token in tokens]
    hashed = RMinHash(num_perm=PERMUTATIONS, seed=_SEED)
    hashed.update([" ".join(words[i : i + _SHINGLE]) for i in range(len(words) - _SHINGLE + 1)])
    return struct.pack(f"<{PERMUTATIONS}I", *hashed.digest())
