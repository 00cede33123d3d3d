"""The words of a mail's frame in the reader's language, with its dates, numbers, lists and plurals.

A catalogue is one TOML file a language beside this module; a language is added by adding a file. Names of languages
and the shapes of dates and numbers come from Unicode CLDR through Babel. It does not care what is said, only how.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal

CATALOGUES = Path(__file__).with_name("catalogues")
FALLBACK = "en"

_HOLE = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One language's phrases, and its counted phrases by CLDR plural category ("one", "few", "many", "other")."""

    language: str
    locale: Locale
    phrases: Mapping[str, str]
    counts: Mapping[str, Mapping[str, str]]


def available() -> tuple[str, ...]:
    """Return the languages a catalogue exists for, as codes, sorted."""
    return tuple(sorted(path.stem for path in CATALOGUES.glob("*.toml")))


@lru_cache(maxsize=32)
def load(language: str) -> Catalogue:
    """Return the catalogue of a language tag ("fr", "fr-CA"), or of its plain language, or the English one."""
    for code in (language, re.split(r"[-_]", language)[0].lower(), FALLBACK):
        if code in available():
            return _read(CATALOGUES / f"{code}.toml", language)
    raise FileNotFoundError(CATALOGUES / f"{FALLBACK}.toml")


def _read(path: Path, asked: str) -> Catalogue:
    with path.open("rb") as file:
        data = tomllib.load(file)
    # A reader who asked for "fr-CA" gets French words with Canadian dates.
    locale = _locale(asked) if path.stem != asked else None
    if locale is None or locale.language != path.stem:
        locale = Locale.parse(data["locale"], sep="-")
    return Catalogue(path.stem, locale, data["phrases"], data["counts"])


def _locale(tag: str) -> Locale | None:
    try:
        return Locale.parse(tag.replace("_", "-"), sep="-")
    except (ValueError, UnknownLocaleError):
        return None


class Frame:
    """A catalogue bound to one reader's zone and to the moment the mail is about; templates know it as `frame`."""

    def __init__(self, catalogue: Catalogue, zone: tzinfo, now: datetime) -> None:
        self.catalogue = catalogue
        self.language = catalogue.language
        self.direction = "rtl" if catalogue.locale.character_order == "right-to-left" else "ltr"
        self._locale = catalogue.locale
        self._zone = zone
        self._now = now.astimezone(zone)

    def say(self, key: str, **values: str) -> str:
        """Return a phrase with its holes filled; a key or value that is missing raises KeyError."""
        return _fill(self.catalogue.phrases[key], values)

    def count(self, key: str, number: int) -> str:
        """Return a counted phrase in the right plural: "1 update", "5 обновлений"."""
        forms = self.catalogue.counts[key]
        form = forms.get(self._locale.plural_form(number), forms["other"])
        return _fill(form, {"n": self.number(number)})

    def number(self, number: float) -> str:
        """Return a number as this language writes it."""
        return format_decimal(number, locale=self._locale)

    def join(self, items: Iterable[str]) -> str:
        """Return "a, b and c"."""
        return format_list(list(items), locale=self._locale)

    def day(self, moment: datetime) -> str:
        """Return the full date of an aware moment in the reader's zone: "Tuesday, 24 November 2026"."""
        return format_date(moment.astimezone(self._zone).date(), "full", locale=self._locale)

    def short_day(self, moment: date) -> str:
        """Return a short date, "24 Nov", with its year where that is not this one.

        Aware moments are taken to the reader's zone.
        """
        if isinstance(moment, datetime):
            moment = moment.astimezone(self._zone).date() if moment.tzinfo else moment.date()
        skeleton = "MMMd" if moment.year == self._now.year else "yMMMd"
        return format_skeleton(skeleton, moment, locale=self._locale)

    def moment(self, moment: datetime) -> str:
        """Return "24 Nov, 14:05": an aware moment in the reader's zone, a naive one as it stands."""
        local = moment.astimezone(self._zone) if moment.tzinfo else moment
        clock = f"{local.hour:02}:{local.minute:02}"
        return self.say("moment", day=self.short_day(local), time=clock)

    def zone(self) -> str:
        """Return the reader's zone with its offset now: "Europe/Paris, UTC+01:00"."""
        name = getattr(self._zone, "key", "UTC")
        offset = self._now.strftime("%z")
        return "UTC" if name == "UTC" else f"{name}, UTC{offset[:3]}:{offset[3:5]}"

    def tongue(self, code: str | None) -> str:
        """Return a language's name in the reader's language, its code where it has none, "" where it is unknown."""
        if not code:
            return ""
        named = self._locale.languages.get(code.replace("-", "_")) or self._locale.languages.get(code.split("-")[0])
        return str(named or code)


def _fill(phrase: str, values: Mapping[str, str]) -> str:
    """Fill the {holes} of a phrase. Not str.format: a catalogue is data, and may reach no attribute of a value."""
    return _HOLE.sub(lambda hole: values[hole[1]], phrase)
