"""Moments as people and programs write them: ISO 8601, mail dates, seconds since 1970, dates in fifty languages.

Takes a string; gives a moment, aware where an offset is stated. A date that does not exist is no date: nothing is
rounded into one that does.
"""

import re
from datetime import UTC, datetime, timedelta, timezone

from monitor.extract.wording import sections

_MONTHS = {
    name: number for number, line in enumerate(sections("months.txt")["months"], start=1) for name in line.split(", ")
}
# Offsets whose short names mean one thing only in news.
_ZONES = {
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "bst": 1, "west": 1, "cet": 1, "mez": 1, "cest": 2, "mesz": 2, "eet": 2,
    "sast": 2, "eest": 3, "msk": 3, "мск": 3, "trt": 3, "eat": 3, "wib": 7, "ict": 7, "sgt": 8, "hkt": 8, "jst": 9,
    "kst": 9, "aest": 10, "nzst": 12, "est": -5, "edt": -4, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
}  # fmt: skip

_ISO = re.compile(
    r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2}(?!\d))?)?",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?")
_CLOCK = re.compile(
    r"(?<![\d.])(\d{1,2})(?:[:h時시]|\.(?=\d{2}\s*(?:uhr|h|น\.)))\s?(\d{2})(?::(\d{2}))?\s*(?:分|uhr)?\s*([ap]\.?m\.?)?"
    r"(?:\s*\(?(?:(?:utc|gmt)?([+-]\d{1,2}(?::?\d{2})?)|([^\W\d_]{1,4})\b))?",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(r"(?<!\d)((?:19|20)\d{2})\s?[./\-年년]\s?(\d{1,2})\s?[./\-月월]\s?(\d{1,2})(?!\d)")
_NUMBERS = re.compile(r"(?<![\d.:])(\d{1,2})\s?([./\-])\s?(\d{1,2})\s?\2\s?((?:19|20)?\d{2})(?!\.?\d|:)")
_DAY_MONTH = re.compile(
    r"(?<!\d)(\d{1,2})(?:\.|st|nd|rd|th|er|º|ª)?\s?(?:de\s|of\s|a\s)?"
    r"([^\W\d_][^\d\s,]{1,14})\.?,?\s(?:de\s|del\s)?(\d{4})(?!\d)"
)
_MONTH_DAY = re.compile(r"([^\W\d_][^\d\s,]{1,14})\.?\s(\d{1,2})(?:st|nd|rd|th)?,?\s(\d{4})(?!\d)")
_VIETNAMESE = re.compile(r"(\d{1,2})\s+tháng\s+(\d{1,2})(?:,|\s+năm)?\s+(\d{4})", re.IGNORECASE)


def read_moment(text: str) -> datetime | None:
    """Return the moment that a machine's field states, aware where it names an offset; None where it states none."""
    text = text.strip()
    if match := _ISO.search(text):
        return _iso(match)
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    return find_moment(text)


def _iso(match: re.Match[str]) -> datetime | None:
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    try:
        zone = _zone(offset)
        whole = (int(part or 0) for part in (year, month, day, hour, minute, second))
        return datetime(*whole, int((fraction or "0")[:6].ljust(6, "0")), tzinfo=zone)  # type: ignore[misc,arg-type]
    except ValueError:
        return None


def _zone(offset: str | None) -> timezone | None:
    if not offset:
        return None
    if offset.casefold() in _ZONES:
        return timezone(timedelta(hours=_ZONES[offset.casefold()]))
    digits = offset[1:].replace(":", "")
    digits = digits.zfill(2).ljust(4, "0") if len(digits) < 3 else digits.zfill(4)
    shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(shift if offset[0] == "+" else -shift)


def find_moment(text: str, *, month_first: bool = False) -> datetime | None:
    """Return the first date in a short line of prose, with its time of day where one stands beside it.

    `month_first` says how 03/04/2026 is read where both readings exist.
    """
    found = _find_day(text, month_first=month_first)
    if found is None:
        return None
    day, start, end = found
    around = f"{text[end : end + 40]} {text[max(0, start - 20) : start]}"
    return _with_clock(day, around)


def _find_day(text: str, *, month_first: bool) -> tuple[datetime, int, int] | None:
    if match := _ISO.search(text):
        return _day(match, *match.group(1, 2, 3))
    if match := _YEAR_FIRST.search(text):
        return _day(match, *match.group(1, 2, 3))
    if match := _NUMBERS.search(text):
        first, mark, second, year = match.groups()
        american = int(second) > 12 or (month_first and mark == "/" and int(first) <= 12)
        month, day = (first, second) if american else (second, first)
        return _day(match, year if len(year) == 4 else f"20{year}", month, day)
    if match := _VIETNAMESE.search(text):
        return _day(match, *match.group(3, 2, 1))
    return _named_day(text)


def _named_day(text: str) -> tuple[datetime, int, int] | None:
    for pattern, order in ((_DAY_MONTH, (3, 2, 1)), (_MONTH_DAY, (3, 1, 2))):
        for match in pattern.finditer(text):
            year, name, day = match.group(*order)
            name = name.casefold().rstrip(".")
            if (month := _MONTHS.get(name) or _MONTHS.get(name[:3])) and (found := _day(match, year, str(month), day)):
                return found
    return None


def _day(match: re.Match[str], year: str, month: str, day: str) -> tuple[datetime, int, int] | None:
    try:
        return datetime(int(year), int(month), int(day)), match.start(), match.end()  # noqa: DTZ001 - offset unknown
    except ValueError:
        return None


def _with_clock(day: datetime, around: str) -> datetime:
    """Return a day with the time of day that stands beside it, if one does."""
    match = _CLOCK.search(around)
    if not match:
        return day
    hour, minute, second, half, offset, zone = match.groups()
    hours = int(hour)
    if half:
        hours = hours % 12 + (12 if half[0] in "pP" else 0)
    named = zone.casefold() if zone and zone.casefold() in _ZONES else None
    try:
        return day.replace(hour=hours, minute=int(minute), second=int(second or 0), tzinfo=_zone(offset or named))
    except ValueError:
        return day
