"""Makes `data/countries.txt` and `data/capitals.txt` from Unicode CLDR: their names in every language Babel knows.

CLDR names a city only where a time zone bears its name; the capitals that give theirs to no zone (Beijing, Washington,
Ankara) stand in the language files.

Run once after a Babel upgrade: `python -m monitor.lexicon.cldr`. The table exists because Babel costs 0.2 s and
50 MB a process for some fifty languages, while one line of a text file costs nothing until it is asked for.
"""

import re
import sys
import unicodedata
from pathlib import Path

from babel import Locale
from babel.localedata import locale_identifiers

_DATA = Path(__file__).parent / "data"
COUNTRIES = _DATA / "countries.txt"
CAPITALS = _DATA / "capitals.txt"
# Country → the zone that bears its capital's name.
_CAPITAL_ZONES = """
AF=Asia/Kabul AL=Europe/Tirane AM=Asia/Yerevan AO=Africa/Luanda AR=America/Buenos_Aires AT=Europe/Vienna
AZ=Asia/Baku BA=Europe/Sarajevo BD=Asia/Dhaka BE=Europe/Brussels BF=Africa/Ouagadougou BG=Europe/Sofia
BH=Asia/Bahrain BI=Africa/Bujumbura BJ=Africa/Porto-Novo BO=America/La_Paz BW=Africa/Gaborone BY=Europe/Minsk
CD=Africa/Kinshasa CF=Africa/Bangui CG=Africa/Brazzaville CO=America/Bogota CU=America/Havana CY=Asia/Nicosia
CZ=Europe/Prague DE=Europe/Berlin DJ=Africa/Djibouti DK=Europe/Copenhagen DO=America/Santo_Domingo
DZ=Africa/Algiers EE=Europe/Tallinn EG=Africa/Cairo ER=Africa/Asmera ES=Europe/Madrid ET=Africa/Addis_Ababa
FI=Europe/Helsinki FR=Europe/Paris GA=Africa/Libreville GB=Europe/London GE=Asia/Tbilisi GH=Africa/Accra
GN=Africa/Conakry GR=Europe/Athens HR=Europe/Zagreb HT=America/Port-au-Prince HU=Europe/Budapest ID=Asia/Jakarta
IE=Europe/Dublin IL=Asia/Jerusalem IQ=Asia/Baghdad IR=Asia/Tehran IS=Atlantic/Reykjavik IT=Europe/Rome
JO=Asia/Amman JP=Asia/Tokyo KE=Africa/Nairobi KG=Asia/Bishkek KH=Asia/Phnom_Penh KP=Asia/Pyongyang KR=Asia/Seoul
LA=Asia/Vientiane LB=Asia/Beirut LR=Africa/Monrovia LT=Europe/Vilnius LV=Europe/Riga LY=Africa/Tripoli
MD=Europe/Chisinau ME=Europe/Podgorica ML=Africa/Bamako MK=Europe/Skopje MR=Africa/Nouakchott MX=America/Mexico_City
MZ=Africa/Maputo NE=Africa/Niamey NI=America/Managua NL=Europe/Amsterdam NO=Europe/Oslo NP=Asia/Katmandu
OM=Asia/Muscat PE=America/Lima PH=Asia/Manila PL=Europe/Warsaw PT=Europe/Lisbon PY=America/Asuncion
RO=Europe/Bucharest RS=Europe/Belgrade RU=Europe/Moscow RW=Africa/Kigali SA=Asia/Riyadh SD=Africa/Khartoum
SE=Europe/Stockholm SI=Europe/Ljubljana SK=Europe/Bratislava SL=Africa/Freetown SN=Africa/Dakar
SO=Africa/Mogadishu SR=America/Paramaribo SS=Africa/Juba SY=Asia/Damascus TG=Africa/Lome TH=Asia/Bangkok
TJ=Asia/Dushanbe TM=Asia/Ashgabat TN=Africa/Tunis TW=Asia/Taipei UA=Europe/Kiev UG=Africa/Kampala
UY=America/Montevideo UZ=Asia/Tashkent VE=America/Caracas YE=Asia/Aden ZA=Africa/Johannesburg ZM=Africa/Lusaka
ZW=Africa/Harare
"""
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
# "Sint Maarten (Netherlands)": what stands in brackets says whose half of the island it is.
_SHARED_ISLAND = frozenset(["MF", "SX"])
_ALTERNATIVE = re.compile(r"^(.+?)\s*[(（](.+?)[)）]$")


def names(language: str) -> dict[str, tuple[str, ...]]:
    """Return country code → the names CLDR gives it in a language, the usual one first."""
    found: dict[str, list[str]] = {}
    for identifier in (language, *_VARIANTS.get(language, ())):
        for code, name in Locale.parse(identifier).territories.items():
            if _COUNTRY.fullmatch(code) and code not in _NO_COUNTRY:
                spellings = found.setdefault(code, [])
                both = _spellings(name)[: 1 if code in _SHARED_ISLAND else None]
                spellings += [spelling for spelling in both if spelling not in spellings]
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
    # What is one character long tells two names apart (刚果（布）) and is none itself.
    return [name for name in both.groups() if len(name) > 1] if both else [name]


def capitals(language: str) -> dict[str, tuple[str, ...]]:
    """Return country code → the names CLDR gives its capital in a language."""
    found: dict[str, list[str]] = {}
    latin = unicodedata.name(names(language)["CU"][0][0]).startswith("LATIN")
    for identifier in (language, *_VARIANTS.get(language, ())):
        zones = Locale.parse(identifier).time_zones
        for code, zone in (pair.split("=") for pair in _CAPITAL_ZONES.split()):
            name = zones[zone].get("city") if zone in zones else None
            # CLDR leaves a city out where a language with Latin letters spells it as English does.
            name = name or (zone.rpartition("/")[2].replace("_", " ") if latin else None)
            if name and not re.search(r"[(\[]", name) and name not in found.setdefault(code, []):
                found[code].append(name)
    return {code: tuple(spellings) for code, spellings in sorted(found.items()) if spellings}


def languages() -> tuple[str, ...]:
    """Return the languages in which CLDR names enough countries, other than by their English names."""
    english = names("en")
    return tuple(
        language
        for language in sorted(locale_identifiers())
        if re.fullmatch("[a-z]{2,3}", language)
        and len(known := names(language)) >= _FEWEST
        and "CU" in known
        and (language == "en" or known != english)
    )


def table(rows: dict[str, dict[str, tuple[str, ...]]]) -> str:
    """Return a whole table: a line a language, `fr TAB AD=Andorre;AE=Émirats arabes unis|…`."""
    lines = (
        language + "\t" + ";".join(f"{code}={'|'.join(own)}" for code, own in row.items())
        for language, row in rows.items()
        if row
    )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    COUNTRIES.write_text(table({language: names(language) for language in languages()}), encoding="utf-8")
    CAPITALS.write_text(table({language: capitals(language) for language in languages()}), encoding="utf-8")
    sys.stderr.write(f"wrote {COUNTRIES} and {CAPITALS}\n")
