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


def language(tag: object) -> str | None:
    """Return the ISO 639-1 code of a language tag, or None where it is none or says nothing ("und", "mul")."""
    match = _TAG.fullmatch(tag.strip()) if isinstance(tag, str) else None
    if match is None:
        return None
    primary = match[1].lower()
    return primary if len(primary) == 2 else _THREE_LETTERS.get(primary)
