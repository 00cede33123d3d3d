"""Dates as outlets write them: pure functions from an aware moment to text.

A printed date is a pattern of `str.format` fields: {d} {dd} {m} {mm} {month} {year} {weekday} {h} {hh} {h12} {mi} {ss}
{ampm} {offset} ("+0300"), {colon} ("+03:00"), {zone} ("MSK").
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime


def dateline(moment: datetime, pattern: str, months: Sequence[str] = (), weekdays: Sequence[str] = ()) -> str:
    """Return a moment as a reader sees it; `months` has twelve names, `weekdays` seven from Monday."""
    return pattern.format(
        d=moment.day,
        dd=f"{moment:%d}",
        m=moment.month,
        mm=f"{moment:%m}",
        month=months[moment.month - 1] if months else f"{moment:%m}",
        year=moment.year,
        weekday=weekdays[moment.weekday()] if weekdays else "",
        h=moment.hour,
        hh=f"{moment:%H}",
        h12=moment.hour % 12 or 12,
        mi=f"{moment:%M}",
        ss=f"{moment:%S}",
        ampm="am" if moment.hour < 12 else "pm",
        offset=f"{moment:%z}",
        colon=moment.isoformat()[-6:],
        zone=moment.tzname() or "",
    )


def iso(moment: datetime) -> str:
    """Return "2026-01-05T09:30:00+03:00"."""
    return moment.isoformat(timespec="seconds")


def iso_utc(moment: datetime) -> str:
    """Return "2026-01-05T06:30:00Z"."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_millis(moment: datetime) -> str:
    """Return "2026-01-05T06:30:00.000Z", the way JavaScript writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def iso_naive(moment: datetime) -> str:
    """Return local time without a zone, "2026-01-05 09:30:00"."""
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def mail_date(moment: datetime) -> str:
    """Return an RFC 822 date with a numeric offset, as RSS has it."""
    return format_datetime(moment)


def http_date(moment: datetime) -> str:
    """Return an RFC 822 date in GMT, as HTTP headers and many feeds have it."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)
