"""What is said around the stories: a catalogue bound to one reader's zone, with dates, numbers, lists and plurals.

The shapes of dates and numbers and the names of languages come from Unicode CLDR through Babel.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_compact_decimal, format_decimal

from monitor.digest.catalogue import HOLE, Catalogue
from monitor.records import Edition

_COMPACT_FROM = 1_000_000  # above, "1.5 billion" is read faster than its zeros are counted


class Frame:
    """One reader's language and zone, and the moment the mail is about; templates know it as `frame`."""

    def __init__(self, catalogue: Catalogue, zone: tzinfo, now: datetime) -> None:
        self.language = catalogue.language
        self.direction = "rtl" if catalogue.locale.character_order == "right-to-left" else "ltr"
        self._catalogue = catalogue
        self._locale = catalogue.locale
        self._zone = zone
        self._now = now.astimezone(zone)

    @classmethod
    def of(cls, catalogue: Catalogue, edition: Edition) -> "Frame":
        """Return the frame of an edition for its reader."""
        return cls(catalogue, ZoneInfo(edition.recipient.timezone), edition.until)

    def say(self, key: str, **values: str) -> str:
        """Return a phrase with its holes filled; a key or value that is missing raises KeyError."""
        return _fill(self._catalogue.phrases[key], values)

    def knows(self, key: str) -> bool:
        """Tell whether there is such a phrase."""
        return key in self._catalogue.phrases

    def count(self, key: str, number: int) -> str:
        """Return a counted phrase in the right plural: "1 update", "5 обновлений"."""
        forms = self._catalogue.counts[key]
        form = forms.get(self._locale.plural_form(number), forms["other"])
        return _fill(form, {"n": self.number(number)})

    def number(self, number: float) -> str:
        """Return a number as this language writes it, a very large one in words: "1.5 billion"."""
        if abs(number) >= _COMPACT_FROM:
            return format_compact_decimal(number, format_type="long", locale=self._locale, fraction_digits=2)
        return format_decimal(number, locale=self._locale)

    def join(self, items: Iterable[str]) -> str:
        """Return "a, b and c"."""
        return format_list(list(items), locale=self._locale)

    def day(self, moment: datetime) -> str:
        """Return the full date of an aware moment in the reader's zone, as a line begins: "Mardi 24 novembre 2026"."""
        day = format_date(moment.astimezone(self._zone).date(), "full", locale=self._locale)
        return day[:1].upper() + day[1:]

    def short_day(self, moment: date) -> str:
        """Return a short date, "24 Nov", with its year where that is not this one.

        Aware moments are taken to the reader's zone.
        """
        if isinstance(moment, datetime):
            moment = self._local(moment).date()
        skeleton = "MMMd" if moment.year == self._now.year else "yMMMd"
        return format_skeleton(skeleton, moment, locale=self._locale)

    def moment(self, moment: datetime) -> str:
        """Return "24 Nov, 14:05": an aware moment in the reader's zone, a naive one as it stands."""
        local = self._local(moment)
        return self.say("moment", day=self.short_day(local.date()), time=f"{local.hour:02}:{local.minute:02}")

    def zone(self) -> str:
        """Return the reader's zone with its offset now: "Europe/Paris, UTC+01:00"."""
        name = getattr(self._zone, "key", "UTC")
        offset = self._now.strftime("%z")
        return "UTC" if name == "UTC" else f"{name}, UTC{offset[:3]}:{offset[3:5]}"

    def tongue(self, code: str | None) -> str:
        """Return a language's name in the reader's language, its code where it has none, "" where it is unknown."""
        if not code:
            return ""
        names = self._locale.languages
        return str(names.get(code.replace("-", "_")) or names.get(code.split("-")[0]) or code)

    def _local(self, moment: datetime) -> datetime:
        """Take an aware moment to the reader's zone; one at the end of time, which zones cannot move, stays."""
        try:
            return moment.astimezone(self._zone) if moment.tzinfo else moment
        except OverflowError:
            return moment


def _fill(phrase: str, values: Mapping[str, str]) -> str:
    """Fill the {holes} of a phrase. Not str.format: a catalogue is data, and may reach no attribute of a value."""
    return HOLE.sub(lambda hole: values[hole[1]], phrase)
