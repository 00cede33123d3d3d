"""An invented edition with everything a mail can hold: for previews, for checking templates, for tests.

Its stories are data (sample.toml); this module gives them the moments, the reader and the receipt around them.
"""

import re
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from monitor.records import (
    Alert,
    Article,
    Coverage,
    Credit,
    Digest,
    Disputed,
    Edition,
    Evidence,
    Flag,
    Lineage,
    Recipient,
    Status,
    Story,
    Telling,
    Told,
    Watchlist,
)

_DATA = Path(__file__).with_name("sample.toml")
_NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
_LISTS = (Watchlist("russia-venezuela", "Russia–Venezuela cooperation"), Watchlist("air-links", "Air links"))
_IDS = tuple(watchlist.id for watchlist in _LISTS)
_MARKED = re.compile(r"\*([^*]+)\*")
# Stories a day, the last day being that of the mail.
_VOLUME = (0, 1, 0, 2, 1, 0, 0, 3, 2, 1, 1, 0, 0, 1, 4, 2, 1, 0, 1, 2, 0, 0, 1, 3, 5, 4, 2, 3, 8, 12)


def sample_edition() -> Edition:
    """Return one morning's digest: news, an update, a retraction, a new source, near misses, nine languages."""
    with _DATA.open("rb") as file:
        data = tomllib.load(file)
    stories = tuple(_story(number, story) for number, story in enumerate(data["stories"], 1))
    return Edition(
        channel=Digest("morning", _IDS, ("ana",), (time(7, 30),), (0, 1, 2, 3, 4), name="Morning briefing"),
        recipient=Recipient("ana", "ana@example.org", "Europe/Paris", "en"),
        watchlists=_LISTS,
        since=_NOW - timedelta(days=1),
        until=_NOW,
        stories=stories,
        near_misses=tuple(_telling(900 + number, one, passed=False) for number, one in enumerate(data["near_misses"])),
        coverage=_coverage(),
        volume=_volume(),
        next_at=_NOW + timedelta(days=1),
    )


def sample_alert() -> Edition:
    """Return an alert about the first story of the sample digest."""
    digest = sample_edition()
    channel = Alert("flash", _IDS[:1], ("ana",), name="Flash")
    return replace(
        digest,
        channel=channel,
        watchlists=_LISTS[:1],
        stories=digest.stories[:1],
        near_misses=(),
        volume=(),
        next_at=None,
    )


def _story(number: int, data: dict[str, Any]) -> Story:
    tellings = tuple(_telling(100 * number + place, one) for place, one in enumerate(data["tellings"]))
    return Story(number, tellings, Status(data["status"]), lineage=_lineage(data["lineage"]))


def _lineage(data: dict[str, Any]) -> Lineage:
    disputed = tuple(
        Disputed(what, tuple(Told(float(value), str(value), tuple(outlets)) for value, outlets in versions))
        for what, versions in data.get("disputed", ())
    )
    return Lineage(data["origins"], tuple(data.get("chain", ())), disputed)


def _telling(number: int, data: dict[str, Any], *, passed: bool = True) -> Telling:
    evidence = tuple(_evidence(sentence) for sentence in data["evidence"])
    article = Article(
        url=data["url"],
        title=data["title"],
        text="\n".join(sentence.text for sentence in evidence),
        language=data["language"],
        published=_ago(data["published"]) if "published" in data else None,
        credited=tuple(Credit(name, url or None) for name, url in data.get("credited", ())),
        marks=tuple(data.get("marks", ())),
    )
    flag = Flag(data.get("watchlist", _IDS[0]), data["score"], evidence, passed, concepts=tuple(data["concepts"]))
    return Telling(
        number,
        article,
        data["outlet"],
        _ago(data["seen"]),
        (flag,),
        told=data.get("told", False),
        baseline=data.get("baseline", False),
        figures=tuple((float(value), shown) for value, shown in data.get("figures", ())),
        held=data.get("held", False),
        gone=data.get("gone", False),
        changes=tuple((what, before, now) for what, before, now in data.get("changes", ())),
    )


def _evidence(sentence: str) -> Evidence:
    return Evidence(_MARKED.sub(r"\1", sentence), tuple(_MARKED.findall(sentence)))


def _ago(minutes: int) -> datetime:
    return _NOW - timedelta(minutes=minutes)


def _volume() -> tuple[tuple[str, int], ...]:
    first = _NOW.date() - timedelta(days=len(_VOLUME) - 1)
    return tuple((_day(first, number), count) for number, count in enumerate(_VOLUME))


def _day(first: date, number: int) -> str:
    return (first + timedelta(days=number)).isoformat()


def _coverage() -> Coverage:
    return Coverage(
        sources=62,
        read=59,
        articles=1184,
        languages=("ar", "en", "es", "fr", "pt", "ru", "uk", "vi", "zh"),
        failing=(
            ("Diario del Istmo", "HTTP 503 since 23 Nov, 21:40"),
            ("Вестник порта", "no answer since 22 Nov, 04:10"),
        ),
        silent=(("Gazeta do Norte", "nothing new since 17 Nov; it published daily before"),),
    )
