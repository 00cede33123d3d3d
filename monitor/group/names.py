"""One Latin consonant skeleton for a name however it is spelt: Чернышенко, Chernyshenko, Tchernychenko agree.

Owns: what is a name in a text, its spelling in Latin letters, and the keys under which two spellings meet.
Takes: words and the language they stand in. Gives: keys, strings that are compared for equality and nothing else.
Does not care: who is meant; two people of one name have one key.

A key has one of three grades. "exact" is the folded spelling, "fine" the consonants with the sounds that languages
write differently made one (ch, sh, tch, č; v, w, f), "coarse" those with voiced and voiceless, r and l made one, which
is all that Arabic, Chinese, Japanese or Korean spellings keep of a foreign name.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from monitor.group.letters import CHINESE, JAMO, JOINED_LETTERS, KANA, LETTERS

# Vowel signs and other marks are part of a word, though `re` does not count them as letters: Hindi is half of them.
_LETTER = r"(?:[^\W_]|[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff])"
WORD = re.compile(rf"{_LETTER}+(?:['’]{_LETTER}+)*")
KATAKANA = re.compile(r"[\u30a1-\u30fa][\u30a1-\u30fa\u30fc]+")
HANGUL = re.compile(r"[\uac00-\ud7a3]")
# Written without capitals, so that any word may be a name.
CYRILLIC_LANGUAGES = frozenset({"be", "bg", "kk", "ky", "mk", "mn", "ru", "sr", "tg", "uk"})
UNCASED_LANGUAGES = frozenset(
    {"zh", "ja", "ko", "th", "ar", "fa", "ur", "ckb", "he", "yi", "hi", "mr", "ne", "bn", "ta"}
)
_UNCASED = re.compile(r"[\u0590-\u08ff\u0900-\u0dff\uac00-\ud7a3]")
_MARKS = re.compile(r"[\u0300-\u036f]+")

# What is left of a word after these is the same in every case of its declension; vowels do not count anyway.
_ENDINGS = {
    "ru": re.compile(r"(?<=\w{4})(?:ами|ями|ого|его|ому|ему|ыми|ими|ом|ем|ым|им|ой|ах|ях|ам|ям)$"),
    "uk": re.compile(r"(?<=\w{4})(?:ами|ями|ого|ому|ими|ові|еві|ом|ем|им|ою|ах|ях|ам|ям)$"),
    "pl": re.compile(r"(?<=\w{4})(?:owi|iem|em|ami|ach|ego|emu|ym|im|om)$"),
    "cs": re.compile(r"(?<=\w{4})(?:ovi|em|ami|ách|ého|ému|ým|ům)$"),
    "tr": re.compile(r"['’].*$"),
    "az": re.compile(r"['’].*$"),
}
_ENDINGS["be"] = _ENDINGS["bg"] = _ENDINGS["sr"] = _ENDINGS["ru"]
_ENDINGS["sk"] = _ENDINGS["cs"]
_POSSESSIVE = re.compile(r"['’](?:s|n[ıiuü]n|[a-zа-яıüöşçğ]{1,5})?$")
# Articles and particles that Arabic and Hebrew write on the word.
_JOINED = {
    "ar": re.compile(r"^(?:[وف])?(?:[بلك])?(?:ال)?(?=\w{4})"),
    "he": re.compile(r"^[ושהבלכמ](?=\w{4})"),
}

_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"ph", "f"),
        (r"tsch|tch|dsch|dzh|dj|sch|shch|ch|sh|cz|sz|rz|zh|ts|tz|dz|gn(?=[ei])", "s"),
        (r"kh|ck|cqu|qu|q|ch(?=[rl])|x(?=[aou])", "k"),
        (r"c(?=[eiy])", "s"),
        (r"c", "k"),
        (r"x", "ks"),
        (r"[zj]", "s"),
        (r"gu(?=[ei])", "g"),
        (r"[vw]", "f"),
        (r"th", "t"),
        (r"(?<=.)[aeiouy]+|h", ""),
        (r"^[aeiouy]+", "a"),
    )
)
_BY_LANGUAGE = {
    "es": ((re.compile(r"j|g(?=[ei])"), "k"), (re.compile(r"ll|ñ"), "l")),
    "de": ((re.compile(r"j"), ""), (re.compile(r"ei"), "i")),
    "pl": ((re.compile(r"j"), ""),),
    "it": ((re.compile(r"ch"), "k"), (re.compile(r"gl(?=i)"), "l"), (re.compile(r"zz"), "s")),
    "tr": ((re.compile(r"c"), "s"),),
}
for _code in ("cs", "sk", "nl", "sv", "no", "nb", "da", "fi", "hu", "sl", "hr", "lt", "lv", "et"):
    _BY_LANGUAGE[_code] = ((re.compile(r"j"), ""),)
_DOUBLE = re.compile(r"(.)\1+")
_COARSE = str.maketrans("pfdgr", "bbtkl")


# Fewer consonants are shared by too many names to tell one.
_FEWEST_CONSONANTS = 3


@dataclass(frozen=True, slots=True)
class Name:
    """A word of a name as it stands in the text, with the keys under which other spellings of it meet, "" for none."""

    text: str
    exact: str
    fine: str
    coarse: str


def fold(word: str) -> str:
    """Return a word in lower case without marks, its letters spelt as one Latin letter where Latin has them."""
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", word.casefold()))
    return bare.translate(JOINED_LETTERS)


def romanise(word: str, language: str) -> str:
    """Return a folded word in Latin letters; what has no rule is left out."""
    if HANGUL.search(word):
        word = unicodedata.normalize("NFD", word).translate(JAMO)
    if KATAKANA.search(word):
        return "".join(KANA.get(sign, "") for sign in unicodedata.normalize("NFC", word))
    return fold(word.translate(LETTERS.get(language, LETTERS[""])).translate(LETTERS[""]))


@lru_cache(maxsize=65536)
def skeletons(word: str, language: str) -> tuple[str, str]:
    """Return the fine and the coarse consonant skeleton of one word of a name."""
    word = word.casefold()
    if joined := _JOINED.get(language):
        word = joined.sub("", word)
    word = _POSSESSIVE.sub("", word)
    if ending := _ENDINGS.get(language):
        word = ending.sub("", word)
    fine = _bones(romanise(word, language), language)
    return fine, _DOUBLE.sub(r"\1", fine.translate(_COARSE))


def _bones(sound: str, language: str) -> str:
    """Return the consonants of a name in Latin letters, those that languages write differently made one."""
    for pattern, replacement in (*_BY_LANGUAGE.get(language, ()), *_RULES):
        sound = pattern.sub(replacement, sound)
    bones = _DOUBLE.sub(r"\1", "".join(sign for sign in sound if sign in "abdfgklmnprst"))
    # A plural, a genitive, the -s of Lopes: one spelling more with it than without.
    return bones.removesuffix("s") if len(bones) > _FEWEST_CONSONANTS else bones


def names(text: str, language: str) -> Iterator[tuple[int, Name]]:
    """Yield the names of a text, each with its offset, in no certain order.

    In scripts with capitals these are the capitalised words, elsewhere all words that could spell a foreign name.
    """
    if language == "zh":
        yield from chinese_names(text)
    for match in KATAKANA.finditer(text):
        if name := _name(match[0], "ja", cased=False):
            yield match.start(), name
    for match in WORD.finditer(text):
        word = match[0]
        cased = word[0].isupper()
        if (cased or _UNCASED.match(word)) and (name := _name(word, language, cased=cased)):
            yield match.start(), name


@lru_cache(maxsize=65_536)
def _name(word: str, language: str, *, cased: bool) -> Name | None:
    """Return a word as a name, None where it is too short to be told from others."""
    fine, coarse = skeletons(word, language)
    exact = fold(_POSSESSIVE.sub("", word)) if cased and len(word) > 1 else ""
    long_enough = len(coarse) >= _FEWEST_CONSONANTS
    if not exact and not long_enough:
        return None
    return Name(word, exact, fine if cased and len(fine) >= _FEWEST_CONSONANTS else "", coarse if long_enough else "")


def chinese_names(text: str) -> Iterator[tuple[int, Name]]:
    """Yield the foreign names in a Chinese text: runs of the signs that spell them, with their offsets.

    The first or last such sign may be a word beside the name, so a longer run is read without them as well.
    """
    for match in _CHINESE_RUN.finditer(text):
        for part in match[0].split("·"):
            for spelt in {part, part[1:], part[:-1]} if len(part) > 3 else {part}:
                bones = _bones("".join(CHINESE[sign] for sign in spelt), "zh").translate(_COARSE)
                if len(bones) >= _FEWEST_CONSONANTS:
                    yield match.start(), Name(spelt, "", "", _DOUBLE.sub(r"\1", bones))


_CHINESE_RUN = re.compile(f"[{''.join(CHINESE)}·]{{3,}}")
