"""Makes `data/countries.txt` from Unicode CLDR: every country's name in every language Babel knows.

Run once after a Babel upgrade: `python -m monitor.lexicon.cldr`. The table exists because Babel costs 0.2 s and
50 MB a process for some fifty languages, while one line of a text file costs nothing until it is asked for.
"""

import re
import sys
from pathlib import Path

from babel import Locale
from babel.localedata import locale_identifiers

TABLE = Path(__file__).parent / "data" / "countries.txt"
# Further spellings of the same language: the other script, the other side of the ocean.
_VARIANTS = {
    "zh": ("zh_Hant", "zh_Hant_HK"),
    "sr": ("sr_Latn",),
    "pt": ("pt_PT",),
    "es": ("es_MX", "es_AR"),
    "fr": ("fr_CA",),
    "uz": ("uz_Cyrl",),
    "az": ("az_Cyrl",),
}
_FEWEST = 150
_COUNTRY = re.compile("[A-Z]{2}")
# Codes of CLDR that are no countries: unions, pseudo-locales, unknown.
_NO_COUNTRY = frozenset(["EU", "EZ", "UN", "XA", "XB", "ZZ", "QO", "AC", "CP", "DG", "EA", "IC", "TA", "CQ"])
_ALTERNATIVE = re.compile(r"^(.+?)\s*[(（](.+?)[)）]$")


def names(language: str) -> dict[str, tuple[str, ...]]:
    """Return country code → the names CLDR gives it in a language, the usual one first."""
    found: dict[str, list[str]] = {}
    for identifier in (language, *_VARIANTS.get(language, ())):
        for code, name in Locale.parse(identifier).territories.items():
            if _COUNTRY.fullmatch(code) and code not in _NO_COUNTRY:
                spellings = found.setdefault(code, [])
                spellings += [spelling for spelling in _spellings(name) if spelling not in spellings]
    usual = {spellings[0] for spellings in found.values()}
    # "RAE de Hong Kong (China)": what stands in brackets may be another country's name.
    return {
        code: (spellings[0], *(spelling for spelling in spellings[1:] if spelling not in usual))
        for code, spellings in sorted(found.items())
    }


def _spellings(name: str) -> list[str]:
    """Split "Myanmar (Burma)" into its two names."""
    name = name.replace(";", " ").replace("|", " ")
    both = _ALTERNATIVE.match(name)
    return [both[1], both[2]] if both else [name]


def table() -> str:
    """Return the whole table: a line a language, `fr TAB AD=Andorre;AE=Émirats arabes unis|…`."""
    lines = []
    for language in sorted(locale_identifiers()):
        if re.fullmatch("[a-z]{2,3}", language) and Locale.parse(language).territories.get("RU"):
            known = names(language)
            if len(known) >= _FEWEST and (language == "en" or known != names("en")):
                lines.append(language + "\t" + ";".join(f"{code}={'|'.join(own)}" for code, own in known.items()))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
    sys.stderr.write(f"wrote {TABLE}\n")
