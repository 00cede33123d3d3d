"""The compact evidence of one article: all that grouping ever looks at, small enough to keep for every article.

Owns: what of an article counts as evidence, and its bytes in the store. Takes: an `Article`. Gives: a `Sketch`.
Does not care: what other articles say; how rare a word or name is shows only beside others.
"""

import json
import re
import struct
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from rensa import RMinHash

from monitor.errors import StoreError
from monitor.group.figures import Figure, figures
from monitor.group.names import HAN, KATAKANA, chinese_names, fold, skeletons
from monitor.records import Article

# A sketch of another version is not comparable: it is made again from its article.
VERSION = 1
PERMUTATIONS = 128
_SEED = 20_240_201
_SHINGLE = 3
# An article says what it is about early on; a book-length page must not cost more than a long article.
_READ = 8_000
_WORDS, _NAMES, _FIGURES = 240, 80, 60

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]+")


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it stands in the text, with the keys under which other spellings of it meet."""

    text: str
    exact: str
    fine: str
    coarse: str


@dataclass(frozen=True, slots=True)
class Sketch:
    """The evidence of one article. `words` are pairs of a folded word and how much the text dwells on it (1 to 9).

    `signature` holds the 128 MinHash values, four bytes each; it is empty for a text too short to be anyone's copy.
    `published` is in UTC; where the article named no offset it is off by at most half a day.
    """

    language: str
    published: datetime | None
    signature: bytes
    title: tuple[str, ...]
    words: tuple[tuple[str, int], ...]
    names: tuple[Name, ...]
    figures: tuple[Figure, ...]
    concepts: tuple[str, ...]
    credited: tuple[str, ...]

    def to_bytes(self) -> bytes:
        """Return the bytes to store: a version byte, then compressed JSON."""
        fields = [
            self.language,
            self.published.isoformat() if self.published else None,
            self.signature.hex(),
            self.title,
            self.words,
            [(name.text, name.exact, name.fine, name.coarse) for name in self.names],
            [(figure.value, figure.text) for figure in self.figures],
            self.concepts,
            self.credited,
        ]
        return bytes((VERSION,)) + zlib.compress(json.dumps(fields, ensure_ascii=False).encode())

    @classmethod
    def from_bytes(cls, stored: bytes) -> "Sketch":
        """Return the sketch that `to_bytes` stored. Raises StoreError where another version, or damage, did."""
        if stored[:1] != bytes((VERSION,)):
            raise StoreError(f"a sketch of version {stored[:1].hex() or 'none'}, not {VERSION}: make it again")
        try:
            language, published, signature, title, words, names, numbers, concepts, credited = json.loads(
                zlib.decompress(stored[1:])
            )
            return cls(
                language=language,
                published=datetime.fromisoformat(published) if published else None,
                signature=bytes.fromhex(signature),
                title=tuple(title),
                words=tuple((word, weight) for word, weight in words),
                names=tuple(Name(*name) for name in names),
                figures=tuple(Figure(value, text) for value, text in numbers),
                concepts=tuple(concepts),
                credited=tuple(credited),
            )
        except (ValueError, TypeError, zlib.error) as error:
            raise StoreError(f"a sketch that cannot be read ({error}): make it again") from error


def sketch(article: Article) -> Sketch:
    """Return the evidence of one article; an article without title, text, language or date gives what it has."""
    language = article.language or ""
    title = unicodedata.normalize("NFC", article.title)[:500]
    text = unicodedata.normalize("NFC", article.text or article.summary)[:_READ]
    whole = f"{title}\n{text}"
    title_words = _words(title)
    counts = Counter(_words(text))
    counts.update(title_words * 2)
    return Sketch(
        language=language,
        published=_moment(article.published),
        signature=_signature(_words(text)),
        title=tuple(dict.fromkeys(title_words)),
        words=tuple((word, min(count, 9)) for word, count in counts.most_common(_WORDS)),
        names=_names(whole, language),
        figures=figures(whole, language)[:_FIGURES],
        concepts=(),
        credited=tuple(dict.fromkeys(fold(credit.name) for credit in article.credited if credit.name)),
    )


def _moment(published: datetime | None) -> datetime | None:
    if published is None:
        return None
    return published.astimezone(UTC) if published.tzinfo else published.replace(tzinfo=UTC)


def _words(text: str) -> list[str]:
    """Return folded words; scripts without spaces give pairs of neighbouring signs."""
    found: list[str] = []
    for token in _TOKEN.findall(text):
        run = _UNSPACED.match(token)
        if run and run.end() == len(token):
            found.extend(token[i : i + 2] for i in range(max(1, len(token) - 1)))
        else:
            found.append(fold(token))
    return found


def _signature(words: list[str]) -> bytes:
    if len(words) < 12:
        return b""
    hashed = RMinHash(num_perm=PERMUTATIONS, seed=_SEED)
    hashed.update([" ".join(words[i : i + _SHINGLE]) for i in range(len(words) - _SHINGLE + 1)])
    return struct.pack(f"<{PERMUTATIONS}I", *hashed.digest())


def _names(text: str, language: str) -> tuple[Name, ...]:
    """Return the names of a text, the most frequent first."""
    counts: Counter[Name] = Counter()
    if language == "zh" or (HAN.search(text) and language != "ja"):
        counts.update(Name(bones, "", "", bones) for bones in chinese_names(text) if len(bones) > 2)
    for found in KATAKANA.finditer(text):
        counts.update(_name(found[0], "ja", cased=False))
    for found in _TOKEN.finditer(text):
        word = found[0]
        if word[0].isupper() and len(word) > 1:
            counts.update(_name(word, language, cased=True))
        elif not word[0].islower() and not word[0].isdigit() and not _UNSPACED.match(word):
            counts.update(_name(word, language, cased=False))
    return tuple(name for name, _ in counts.most_common(_NAMES))


def _name(word: str, language: str, *, cased: bool) -> Iterable[Name]:
    fine, coarse = skeletons(word, language)
    exact = fold(word) if cased else ""
    if len(fine) < 3 and not cased:
        return ()
    return (Name(word, exact, fine if cased and len(fine) > 2 else "", coarse if len(coarse) > 2 else ""),)
