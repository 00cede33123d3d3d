"""What a person reading a language would call a concept: one short label for a line of a digest."""

import unicodedata

from monitor.lexicon.languages import base_language
from monitor.lexicon.tables import country_names, labels, shared_entries

_FALLBACK = "en"


def label(concept: str, language: str = _FALLBACK) -> str:
    """Return a concept's name in a language, in English where that is not known, else as it is written."""
    kind, _, key = concept.partition(":")
    for tongue in (base_language(language) or _FALLBACK, _FALLBACK):
        if kind == "country" and (names := country_names(tongue).get(key.upper())):
            return names[0]
        if name := labels(tongue).get(concept):
            return name
    forms = [form.strip("?^~*") for known, form in shared_entries() if known == concept]
    script = _script(next(iter(country_names(base_language(language) or _FALLBACK).values()), ("A",))[0])
    own = (form for form in forms if _script(form) == script)
    return next(own, forms[0] if forms else key.replace("-", " "))


def _script(text: str) -> str:
    """Return the script of a text's first letter, as Unicode names it: LATIN, CYRILLIC, CJK."""
    return next((unicodedata.name(letter, "").partition(" ")[0] for letter in text if letter.isalpha()), "")
