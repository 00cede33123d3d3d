"""Language tags as listings write them ("pt-BR", "zh_Hant", "rus") to ISO 639-1 codes."""

import re

_TAG = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]+)*", re.IGNORECASE)
# ISO 639-2 codes, both kinds, of the languages news is written in; news sitemaps may use them.
_THREE_LETTERS = {
    three: two
    for two, threes in {
        "ar": "ara", "az": "aze", "be": "bel", "bg": "bul", "bn": "ben", "bs": "bos", "ca": "cat", "cs": "ces cze",
        "da": "dan", "de": "deu ger", "el": "ell gre", "en": "eng", "es": "spa", "et": "est", "fa": "fas per",
        "fi": "fin", "fr": "fra fre", "he": "heb", "hi": "hin", "hr": "hrv", "hu": "hun", "hy": "hye arm", "id": "ind",
        "is": "isl ice", "it": "ita", "ja": "jpn", "ka": "kat geo", "kk": "kaz", "km": "khm", "ko": "kor", "lo": "lao",
        "lt": "lit", "lv": "lav", "mk": "mkd mac", "ms": "msa may", "my": "mya bur", "nb": "nob", "ne": "nep",
        "nl": "nld dut", "no": "nor", "pl": "pol", "ps": "pus", "pt": "por", "ro": "ron rum", "ru": "rus",
        "sk": "slk slo", "sl": "slv", "sq": "sqi alb", "sr": "srp", "sv": "swe", "sw": "swa", "ta": "tam", "te": "tel",
        "th": "tha", "tl": "tgl", "tr": "tur", "uk": "ukr", "ur": "urd", "uz": "uzb", "vi": "vie", "zh": "zho chi",
    }.items()
    for three in threes.split()
}  # fmt: skip


# ISO 639-1 whole: feeds also declare countries ("us", "uk" for English) and placeholders.
_TWO_LETTERS = frozenset(
    (
        *("aa", "ab", "ae", "af", "ak", "am", "an", "ar", "as", "av", "ay", "az", "ba", "be", "bg", "bh", "bi", "bm"),
        *("bn", "bo", "br", "bs", "ca", "ce", "ch", "co", "cr", "cs", "cu", "cv", "cy", "da", "de", "dv", "dz", "ee"),
        *("el", "en", "eo", "es", "et", "eu", "fa", "ff", "fi", "fj", "fo", "fr", "fy", "ga", "gd", "gl", "gn", "gu"),
        *("gv", "ha", "he", "hi", "ho", "hr", "ht", "hu", "hy", "hz", "ia", "id", "ie", "ig", "ii", "ik", "io", "is"),
        *("it", "iu", "ja", "jv", "ka", "kg", "ki", "kj", "kk", "kl", "km", "kn", "ko", "kr", "ks", "ku", "kv", "kw"),
        *("ky", "la", "lb", "lg", "li", "ln", "lo", "lt", "lu", "lv", "mg", "mh", "mi", "mk", "ml", "mn", "mr", "ms"),
        *("mt", "my", "na", "nb", "nd", "ne", "ng", "nl", "nn", "no", "nr", "nv", "ny", "oc", "oj", "om", "or", "os"),
        *("pa", "pi", "pl", "ps", "pt", "qu", "rm", "rn", "ro", "ru", "rw", "sa", "sc", "sd", "se", "sg", "si", "sk"),
        *("sl", "sm", "sn", "so", "sq", "sr", "ss", "st", "su", "sv", "sw", "ta", "te", "tg", "th", "ti", "tk", "tl"),
        *("tn", "to", "tr", "ts", "tt", "tw", "ty", "ug", "uk", "ur", "uz", "ve", "vi", "vo", "wa", "wo", "xh", "yi"),
        *("yo", "za", "zh", "zu"),
    )
)
# Codes of before 1989, still written by old systems.
_FORMER = {"iw": "he", "in": "id", "ji": "yi"}


def language(tag: object) -> str | None:
    """Return the ISO 639-1 code of a language tag, or None where it is none or says nothing ("und", "mul")."""
    match = _TAG.fullmatch(tag.strip()) if isinstance(tag, str) else None
    if match is None:
        return None
    primary = match[1].lower()
    code = _FORMER.get(primary) or _THREE_LETTERS.get(primary, primary)
    return code if code in _TWO_LETTERS else None
