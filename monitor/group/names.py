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
from functools import lru_cache

from monitor.group.letters import CHINESE, JAMO, JOINED_LETTERS, KANA, LETTERS

HAN = re.compile(r"[\u3400-\u9fff]")
KATAKANA = re.compile(r"[\u30a1-\u30fa][\u30a1-\u30fa\u30fc]+")
HANGUL = re.compile(r"[\uac00-\ud7a3]")
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
    sound = romanise(word, language)
    for pattern, replacement in (*_BY_LANGUAGE.get(language, ()), *_RULES):
        sound = pattern.sub(replacement, sound)
    fine = _DOUBLE.sub(r"\1", "".join(sign for sign in sound if sign in "abdfgklmnprst"))
    if len(fine) > 3:
        fine = fine.removesuffix("s")
    return fine, _DOUBLE.sub(r"\1", fine.translate(_COARSE))


def chinese_names(text: str) -> tuple[str, ...]:
    """Return the coarse skeletons of the foreign names in a Chinese text: runs of the signs used to spell them."""
    found = []
    for run in _CHINESE_RUN.findall(text):
        sound = "".join(CHINESE[sign] for sign in run if sign in CHINESE)
        for pattern, replacement in _RULES:
            sound = pattern.sub(replacement, sound)
        bones = "".join(sign for sign in sound if sign in "abdfgklmnprst")
        found.append(_DOUBLE.sub(r"\1", bones).removesuffix("s").translate(_COARSE))
    return tuple(found)


_CHINESE_RUN = re.compile(f"[{''.join(CHINESE)}·]{{3,}}")
