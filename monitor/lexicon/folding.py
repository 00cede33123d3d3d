"""Folding: the form of a text in which spellings of one word meet, and the way back to the text as it stands.

Folded text is lower case, without accents where accents are a matter of spelling (Latin, Greek, Cyrillic, Arabic,
Hebrew), with every character that is neither letter, mark nor digit made a space. So "S-300" and "S 300" meet, a
phrase cannot run over the end of a sentence (". " is two spaces), and a word is what stands between spaces.
Knows nothing of languages.
"""

import html
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

# Letters whose accent is no decomposable mark, or that another keyboard writes differently.
_LETTERS = str.maketrans(
    {
        "đ": "d",
        "ð": "d",
        "ø": "o",
        "ł": "l",
        "ħ": "h",
        "ŧ": "t",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ə": "e",
        # Arabic as Persian, Urdu and Arabic keyboards type it.
        "ی": "ي",
        "ى": "ي",
        "ې": "ي",
        "ک": "ك",
        "ة": "ه",
        "ۀ": "ه",
        "ہ": "ه",
        "ھ": "ه",
        "ە": "ه",
        "ـ": "",
        # Hindi is written with and without the dot below, and with either sign of the nasal.
        "\u0901": "\u0902",
        "\u200d": "",
    }
)
# A letter of its own, not a и with a mark: "мой" and "мои" are different words.
_KEPT_WHOLE = {"й": "й", "Й": "й"}
# Marks are stripped only in these blocks: in Indic scripts, Thai or Japanese they are letters in their own right.
_STRIPPED_MARKS = re.compile(
    r"[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u093c\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
_DECOMPOSED = re.compile(r"[^\W\d_][\u0300-\u036f\u0653-\u0655\u3099\u309a]+|[\u1100-\u11ff]+")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,10}\d{0,2});")
# Cyrillic and Greek letters that pass for Latin ones, and the other way round; folded text only.
_LOOKS_LATIN = str.maketrans("асеорхуіѕјԁһкмтвнοαερικντυχ", "aceopxyisjdhkmtbhoaepikvtux")
_LOOKS_CYRILLIC = str.maketrans("aceopxyikmtbhn", "асеорхуікмтвнп")
_LETTERS_ONLY = re.compile(r"[^\W_]+")
_BETWEEN_SPACES = re.compile("[^ ]+")
_OTHER_SCRIPT = re.compile("[\u03b1-\u03c9\u0430-\u045f]")
_MIXED = re.compile(r"[a-z][\u03b1-\u03c9\u0430-\u045f]|[\u03b1-\u03c9\u0430-\u045f][a-z]")
_MIXED_WORD = re.compile(r"[a-z\u03b1-\u03c9\u0430-\u045f]+")


def _fold_character(character: str) -> str:
    """Return what one character becomes: a letter or digit, nothing (an invisible character), or a space."""
    if character in _KEPT_WHOLE:
        return _KEPT_WHOLE[character]
    category = unicodedata.category(character)
    if category in ("Cf", "Mn", "Me") and not _carries_meaning(character):
        # ZWNJ parts the morphemes of a Persian word; the others are not seen at all.
        return " " if character == "\u200c" else ""
    if category in ("Cc", "Cs") and character not in "\t\n\r\x0b\x0c\x85":
        return ""
    if category == "Nd":
        return str(unicodedata.digit(character))
    bare = _STRIPPED_MARKS.sub("", unicodedata.normalize("NFKD", character).casefold())
    bare = unicodedata.normalize("NFC", bare).translate(_LETTERS)
    if not bare and category != "Lm":
        return " "
    return "".join(part if _is_word(part) else " " for part in bare)


def _carries_meaning(mark: str) -> bool:
    return unicodedata.category(mark) == "Mn" and not _STRIPPED_MARKS.match(mark) and not "\ufe00" <= mark <= "\ufe0f"


def _is_word(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN"


class _Table(dict[int, str]):
    """Code point → folded text, filled as characters are met; `uneven` are those whose length changes."""

    def __init__(self) -> None:
        super().__init__()
        self.uneven: set[str] = set()

    def __missing__(self, code: int) -> str:
        character = chr(code)
        folded = self[code] = _fold_character(character)
        if len(folded) != 1:
            self.uneven.add(character)
        return folded


_TABLE = _Table()


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text with the way back. `text` has one space at each end, so that every word stands between spaces."""

    text: str
    original: str
    # Where lengths changed: a folded offset, and what must be added from there on to get the original offset.
    places: tuple[int, ...] = ()
    shifts: tuple[int, ...] = ()

    def at(self, offset: int) -> int:
        """Return the offset in the original of the character that stands at a folded offset."""
        if self.places:
            index = bisect_right(self.places, offset)
            if index:
                offset += self.shifts[index - 1]
            else:
                offset -= 1
        else:
            offset -= 1
        return min(max(offset, 0), len(self.original))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original (start, end) of a folded span."""
        first = self.at(start)
        return first, max(first, self.at(end))

    def words(self) -> tuple[str, ...]:
        """Return the words of the original as they stand there: what stands between spaces in the folded text."""
        if not self.places:
            # Nothing changed its length, so most scripts' words can be had without looking at places.
            found = _LETTERS_ONLY.findall(self.original)
            if len(found) == len(self.text.split()):
                return tuple(found)
        return tuple(self._words_in_order())

    def _words_in_order(self) -> Iterator[str]:
        """Yield the words of the original, walking along the places where lengths changed."""
        original, shift, index = self.original, -1, 0
        places, shifts = (*self.places, len(self.text) + 1), self.shifts
        for match in _BETWEEN_SPACES.finditer(self.text):
            start, end = match.span()
            while places[index] <= start:
                shift, index = shifts[index], index + 1
            first = start + shift
            while places[index] <= end:
                shift, index = shifts[index], index + 1
            yield original[first : end + shift]


def fold(text: str) -> Folded:
    """Fold a text of any length and normal form; never raises."""
    pieces = _pieces(text)
    if pieces:
        return _fold_pieces(text, pieces)
    folded = f" {text.translate(_TABLE)} "
    changes = _changes(text)
    if not changes:
        return Folded(_without_lookalikes(folded), text)
    return Folded(_without_lookalikes(folded), text, *_way_back(changes))


def folded_text(text: str) -> str:
    """Return `fold(text).text` without the spaces around it and without the way back: for words, not for articles."""
    return _without_lookalikes(unicodedata.normalize("NFC", text).translate(_TABLE)).strip()


def as_read(text: str) -> str:
    """Return a text as a reader sees it: composed, in plain letters of one script a word, nothing invisible in it.

    Case and accents stay. For single words, whose stems depend on their accents.
    """
    if text.isascii() and "&" not in text:
        return text
    seen = unicodedata.normalize("NFKC", html.unescape(text))
    seen = "".join(letter for letter in seen if unicodedata.category(letter) not in ("Cf", "Cc"))
    folded = seen.casefold()
    return seen if _MIXED.search(folded) is None else _MIXED_WORD.sub(lambda m: _one_script(m[0]), folded)


def _changes(text: str, behind: int = 0) -> list[tuple[int, int, int]]:
    """Return (start, end, folded length) of each character whose folded form is longer or shorter than it.

    The text's characters must be in the table already; `behind` is added to all places.
    """
    if not _TABLE.uneven:
        return []
    found = _any_of(frozenset(_TABLE.uneven)).finditer(text)
    return [(behind + m.start(), behind + m.end(), len(_TABLE[ord(m[0])])) for m in found]


@lru_cache(maxsize=8)
def _any_of(characters: frozenset[str]) -> re.Pattern[str]:
    """Return what matches one of the characters; they are few, and become more only while scripts are new."""
    return re.compile("[" + "".join(map(re.escape, sorted(characters))) + "]")


def _pieces(text: str) -> list[tuple[int, int, str]]:
    """Return the stretches of a text that must be read as one character: decomposed letters and HTML entities."""
    found: list[tuple[int, int, str]] = []
    if not unicodedata.is_normalized("NFC", text):
        found += [(m.start(), m.end(), unicodedata.normalize("NFC", m[0])) for m in _DECOMPOSED.finditer(text)]
    if "&" in text:
        found += [(m.start(), m.end(), html.unescape(m[0])) for m in _ENTITY.finditer(text)]
        found.sort()
    return found


def _fold_pieces(text: str, pieces: list[tuple[int, int, str]]) -> Folded:
    """Fold a text in which stretches of several characters are read as one."""
    parts = [" "]
    changes: list[tuple[int, int, int]] = []
    position = 0
    for start, end, read in [*pieces, (len(text), len(text), "")]:
        between = text[position:start]
        folded = read.translate(_TABLE)
        parts += (between.translate(_TABLE), folded)
        changes += _changes(between, position)
        changes.append((start, end, len(folded)))
        position = end
    return Folded(_without_lookalikes("".join(parts) + " "), text, *_way_back(changes))


def _way_back(changes: list[tuple[int, int, int]]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the places and shifts of a `Folded`, from (start, end, folded length) of what changed its length."""
    places: list[int] = []
    shifts: list[int] = []
    # The folded text opens with a space of its own.
    behind = 1
    for start, end, length in changes:
        first = start + behind
        # Inside a replaced stretch every folded character points at the stretch's first one.
        for inside in range(1, length):
            places.append(first + inside)
            shifts.append(start - first - inside)
        behind += length - (end - start)
        places.append(first + length)
        shifts.append(-behind)
    return tuple(places), tuple(shifts)


def _without_lookalikes(folded: str) -> str:
    """Return folded text in which a word that mixes scripts is written in the script of most of its letters."""
    if folded.isascii() or _OTHER_SCRIPT.search(folded) is None or _MIXED.search(folded) is None:
        return folded
    return _MIXED_WORD.sub(lambda m: _one_script(m[0]), folded)


def _one_script(word: str) -> str:
    latin = sum(letter <= "z" for letter in word)
    if latin in (0, len(word)):
        return word
    return word.translate(_LOOKS_LATIN if latin * 2 >= len(word) else _LOOKS_CYRILLIC)
