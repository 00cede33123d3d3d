"""Dates as listings write them: RFC 822, ISO 8601 and what is made of them by hand.

A moment is aware where an offset stood there, naive where none did, None where nothing believable stands. The month
and the day of "03/04/2026" cannot be told apart: such a date is no evidence.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

# Before the web and after the readers: 0001, 1970 and 9999 are placeholders, not dates.
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_LONGEST = 100  # characters

_ISO = re.compile(
    r"(?P<date>\d{4}-\d{1,2}-\d{1,2})"
    r"(?:[T\s]+(?P<time>\d{1,2}:\d{2}(?::\d{2})?)(?:[.,]\d+)?\s*(?P<zone>\S.*)?)?"
)
_YEAR_OF_ZEROS = re.compile(r"(?<![\d:+-])0\d{3}(?![\d:])")  # "0001", which the standard library takes for 2001
_COMPACT = re.compile(r"(?P<date>\d{8})(?:T?(?P<time>\d{6}))?(?P<zone>Z|[+-]\d{4})?")
_SLASHED = re.compile(
    r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})"
    r"(?:[,\s]+(?P<time>\d{1,2}:\d{2}(?::\d{2})?)\s*(?P<zone>\S.*)?)?"
)
_OFFSET = re.compile(r"(?:GMT|UTC)?\s*(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?(?:\s*\(.*\))?")
# Abbreviations that mean one offset only (not IST, BST or CST, which mean three). Hours east of Greenwich.
_ZONES = {
    "UT": 0.0, "UTC": 0.0, "GMT": 0.0, "Z": 0.0, "WET": 0.0, "WEST": 1.0, "CET": 1.0, "CEST": 2.0, "MEZ": 1.0,
    "MESZ": 2.0, "EET": 2.0, "EEST": 3.0, "MSK": 3.0, "EST": -5.0, "EDT": -4.0, "CDT": -5.0, "MDT": -6.0, "MST": -7.0,
    "PST": -8.0, "PDT": -7.0, "BRT": -3.0, "ART": -3.0, "VET": -4.0, "COT": -5.0, "PET": -5.0, "ICT": 7.0, "WIB": 7.0,
    "WITA": 8.0, "WIT": 9.0, "HKT": 8.0, "SGT": 8.0, "MYT": 8.0, "PHT": 8.0, "JST": 9.0, "KST": 9.0, "PKT": 5.0,
    "NPT": 5.75, "AEST": 10.0, "AEDT": 11.0, "NZST": 12.0, "NZDT": 13.0, "SAST": 2.0, "EAT": 3.0, "WAT": 1.0,
    "TRT": 3.0, "IRST": 3.5,
}  # fmt: skip


def moment(text: str) -> datetime | None:
    """Return the moment a listing's date names, or None."""
    text = " ".join(text.split())
    if not text or len(text) > _LONGEST:
        return None
    for read in (_iso, _mail, _slashed):
        found = read(text)
        if found is not None:
            return found if _FIRST_YEAR <= found.year <= _LAST_YEAR else None
    return None


def _iso(text: str) -> datetime | None:
    match = _ISO.fullmatch(text) or _COMPACT.fullmatch(text)
    if match is None:
        return None
    digits = "".join(part.zfill(2) for part in match["date"].split("-"))
    clock = (match["time"] or "00:00").replace(":", "").zfill(4)
    try:
        found = datetime.strptime(digits + clock.ljust(6, "0"), "%Y%m%d%H%M%S")  # noqa: DTZ007 -- the zone is next
    except ValueError:
        return None
    return _in_zone(found, match["zone"])


def _mail(text: str) -> datetime | None:
    """Read RFC 822 and what resembles it, with English month names; other weekdays and languages are skipped."""
    fields = parsedate_tz(text)
    if fields is None or _YEAR_OF_ZEROS.search(text):
        return None
    zone = re.sub(r"^.*?\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?\s*(?:[AaPp]\.?[Mm]\.?\s*)?", "", text)
    try:
        found = datetime(*fields[:6])  # noqa: DTZ001 -- the zone is next
    except ValueError:
        return None
    half = re.search(r"\d\s*([ap])\.?m\b", text, re.IGNORECASE)
    if half is not None and found.hour <= 12:
        found = found.replace(hour=found.hour % 12 + (12 if half[1] in "pP" else 0))
    return _in_zone(found, zone if zone != text else "")


def _slashed(text: str) -> datetime | None:
    match = _SLASHED.fullmatch(text)
    if match is None:
        return None
    first, second = int(match["day"]), int(match["month"])
    if first <= 12 and second <= 12 and first != second:
        return None
    day, month = (first, second) if first > 12 else (second, first)
    return _iso(f"{match['year']}-{month}-{day} {match['time'] or '0:00'} {match['zone'] or ''}".strip())


def _in_zone(found: datetime, zone: str | None) -> datetime | None:
    """Return a naive moment in the zone named, in UTC; naive where none is named or the name means several."""
    if not zone:
        return found
    match = _OFFSET.fullmatch(zone.strip())
    if match is not None:
        minutes = int(match["hours"]) * 60 + int(match["minutes"] or 0)
        offset = timedelta(minutes=-minutes if match["sign"] == "-" else minutes)
    elif (hours := _ZONES.get(zone.strip().upper())) is not None:
        offset = timedelta(hours=hours)
    else:
        return found
    try:
        return found.replace(tzinfo=timezone(offset)).astimezone(UTC)
    except (ValueError, OverflowError):  # an offset of a day or more, or a year beyond the calendar
        return None
