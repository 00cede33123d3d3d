"""How a source does, judged against its own history: ok, degraded, failing or silent, since when and why.

Pure: takes what its polls gave and the time, gives a verdict in words for people. It does not care how polls are made
or kept, sends nothing and remembers nothing; who compares two verdicts knows when to write to the operator.

The reasons it is told are those of the spiders ("dns", "http 503") and of reading listings ("challenge page").
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise, takewhile

DAY = timedelta(days=1)

# One failed poll is weather, three in a row are a fact.
FAILING_AFTER = 3
# Of the last polls this share may fail before a source that still answers counts as degraded.
RECENT = 12
DEGRADED_SHARE = 0.34

# A silence is judged against the source's own rhythm: seven times its mean gap happens by chance once in a thousand,
# were news to come independently of the hour; since it does not, nights and week-ends are given by these two.
SILENT_GAPS = 7
SILENT_AT_LEAST = DAY
SILENT_OVER_LONGEST = 1.5
# A source with fewer items than this in its history has no rhythm to be judged by.
RHYTHM_FROM = 5
SILENT_UNKNOWN = timedelta(days=30)
# A pause between two polls that is longer than usual, and than this, was not spent watching.
SHORTEST_PAUSE = timedelta(hours=1)

# Volume: whole days without today, the last of them against those before.
VOLUME_DAYS = 28
VOLUME_RECENT = 3
VOLUME_FROM = 10  # days of history needed before a drop means anything
VOLUME_DROP = 0.2  # of its usual volume
VOLUME_WORTH = 3.0  # items a day below which numbers are noise

# An outage is ours where nothing at all answers; with fewer hosts than this, it may as well be theirs.
OURS_FROM_HOSTS = 3
OURS_ENOUGH_HOSTS = 20
OURS_LASTS = timedelta(minutes=1)


class State(StrEnum):
    """How a source does."""

    OK = "ok"
    DEGRADED = "degraded"
    FAILING = "failing"
    SILENT = "silent"


class Result(StrEnum):
    """How one poll of a listing ended; `UNCHANGED` is a 304, `CUT_OFF` a failure that was ours."""

    NEW = "new"
    NOTHING_NEW = "nothing new"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    CUT_OFF = "cut off"

    @property
    def answered(self) -> bool:
        """Whether the listing could be read, or was said to be the same."""
        return self not in (Result.FAILED, Result.CUT_OFF)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one poll of one listing gave.

    `reason` says why it failed; `items` and `new` count; `newest` is the publisher's date of its newest item.
    """

    at: datetime
    listing: str
    result: Result
    reason: str = ""
    items: int = 0
    new: int = 0
    newest: datetime | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """A verdict: the state, the moment it began and the reason in words; both absent while all is well."""

    state: State
    since: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Run:
    """A listing's unbroken row of failures up to now."""

    failures: tuple[Attempt, ...] = ()

    @property
    def lasts(self) -> bool:
        return len(self.failures) >= FAILING_AFTER


# What a reason means, by its beginning; the first that fits.
_WORDS = (
    ("dns", "its name does not resolve"),
    ("tls", "its certificate or encryption is refused"),
    ("timeout", "it does not answer in time"),
    ("connection", "it cannot be reached"),
    ("unreachable", "it cannot be reached"),
    ("http 401", "it asks for a password (HTTP 401)"),
    ("http 403", "it refuses us (HTTP 403)"),
    ("http 404", "the address is gone (HTTP 404)"),
    ("http 410", "the address is gone for good (HTTP 410)"),
    ("http 429", "it asks us to slow down (HTTP 429)"),
    ("http 451", "it is closed to our country (HTTP 451)"),
    ("http 5", "its server has an error"),
    ("robots.txt unreachable", "its robots.txt cannot be had, and until then nothing may be fetched"),
    ("robots.txt", "its robots.txt forbids it"),
    ("challenge page", "a bot challenge instead of news"),
    ("consent wall", "a consent wall instead of news"),
    ("javascript stub", "a script instead of news"),
    ("html instead of a feed", "a web page where its feed was"),
    ("not a feed", "something else where its feed was"),
    ("entity bomb", "its feed is hostile"),
    ("empty", "an empty answer"),
    ("too large", "an answer larger than any listing is"),
    ("too many redirects", "it leads from address to address"),
    ("refused address", "it leads to an address that is not public"),
    ("bad answer", "it does not speak HTTP"),
    ("password file", "its password_file cannot be read"),
    ("asked to wait", "it asked us to wait"),
)
# A source's listings are asked for in one turn, within this; what missed the last turns is no listing any more (last
# month's sitemap), or one that only its index leads to.
TURN = timedelta(minutes=5)

# Failures before the site itself spoke: a later 304 proves them over, and if every host has them, they are ours.
_NETWORK = ("dns", "tls", "timeout", "connection", "unreachable", "network")
_SERVER = (*_NETWORK, "http 5", "http 429")


def verdict(
    history: Sequence[Attempt],
    now: datetime,
    since: datetime | None = None,
    layout: tuple[datetime, str] | None = None,
) -> Health:
    """Return how a source does. `history` is what its polls gave, oldest first, of the last weeks.

    `since` is when the source became known, where that is within the history: its silence counts from there.
    `layout` says since when and how the layout of its pages has changed, where it has (`monitor.drift`).
    """
    # What failed because we were cut off says nothing of the source.
    history = [attempt for attempt in history if attempt.result is not Result.CUT_OFF]
    if not history:
        return Health(State.OK)
    runs = _runs(history)
    if runs and all(run.lasts for run in runs.values()):
        return _failing(runs)
    if worse := _silent(history, now, since) or _degraded(history, runs):
        return worse
    if layout is not None:
        return Health(State.DEGRADED, *layout)
    return _fewer(history, now) or Health(State.OK)


def to_tell(told: State, health: Health) -> State | None:
    """Return what the operator must hear now: that a source turned bad, or is well again; None for anything between.

    `told` is what the operator heard last. One mail when it turns bad, one when it recovers, whatever it did between.
    """
    bad = (State.FAILING, State.SILENT)
    if health.state in bad:
        return None if told in bad else health.state
    return State.OK if told in bad and health.state is State.OK else None


def explain(reason: str) -> str:
    """Return a reason in words a person understands; one that is not known comes back as it is."""
    words = next((words for start, words in _WORDS if reason.casefold().startswith(start)), "")
    if not words:
        return reason or "unknown reason"
    return f"{words} ({reason})" if reason.casefold().startswith("http 5") else words


def outage_is_ours(results: Iterable[tuple[str, str]], lasts: timedelta, watched: int = 0) -> bool:
    """Return whether nothing answers because we are cut off, not because all of them are down.

    `results` are those since anything last answered, as pairs of host and reason ("" for an answer, which settles
    it), `lasts` how long ago that was: what is down fails faster than what is up answers. `watched` is how many hosts
    were asked lately: of many, more must fail, since some are down every day.
    """
    if lasts < OURS_LASTS:
        return False
    hosts: set[str] = set()
    for host, reason in results:
        if not lies_on_the_way(reason):
            return False
        hosts.add(host)
    return len(hosts) >= max(OURS_FROM_HOSTS, min(watched // 2, OURS_ENOUGH_HOSTS))


def lies_on_the_way(reason: str) -> bool:
    """Return whether a poll failed before the site itself spoke."""
    return reason.casefold().startswith((*_NETWORK, "robots.txt unreachable"))


def _runs(history: Sequence[Attempt]) -> Mapping[str, _Run]:
    """Return every listing's row of failures up to now; empty where its last poll was read.

    A 304 ends a row only where the failure lay on the way there: after a challenge page it says nothing of the site.
    """
    rows: dict[str, list[Attempt]] = {}
    for attempt in history:
        row = rows.setdefault(attempt.listing, [])
        if attempt.result is Result.FAILED:
            row.append(attempt)
        elif attempt.result is not Result.UNCHANGED or (row and row[-1].reason.casefold().startswith(_SERVER)):
            row.clear()
    last = {attempt.listing: attempt.at for attempt in history}
    turns = [attempt.at for attempt in history if attempt.listing == history[-1].listing]
    cutoff = turns[-min(FAILING_AFTER, len(turns))] - TURN
    return {listing: _Run(tuple(row)) for listing, row in rows.items() if last[listing] >= cutoff}


def _failing(runs: Mapping[str, _Run]) -> Health:
    began = max(run.failures[0].at for run in runs.values())
    latest = max((run.failures[-1] for run in runs.values()), key=lambda attempt: attempt.at)
    return Health(State.FAILING, began, explain(latest.reason))


def _degraded(history: Sequence[Attempt], runs: Mapping[str, _Run]) -> Health | None:
    down = [run for run in runs.values() if run.lasts]
    if down:
        began = min(run.failures[0].at for run in down)
        return Health(
            State.DEGRADED, began, f"{len(down)} of {len(runs)} listings: {explain(down[0].failures[-1].reason)}"
        )
    if (emptied := _emptied(history, runs)) is not None:
        return emptied
    recent = history[-RECENT:]
    failed = [attempt for attempt in recent if attempt.result is Result.FAILED]
    if len(recent) >= FAILING_AFTER and len(failed) >= max(2, DEGRADED_SHARE * len(recent)):
        reason = Counter(attempt.reason for attempt in failed).most_common(1)[0][0]
        return Health(
            State.DEGRADED, failed[0].at, f"{len(failed)} of the last {len(recent)} polls failed: {explain(reason)}"
        )
    return None


def _emptied(history: Sequence[Attempt], listings: Iterable[str]) -> Health | None:
    """Judge listings that are read without a fault and list nothing any more, where they used to.

    Each by itself: an index of sitemaps never lists an item, and that is as it should be.
    """
    for listing in listings:
        read = [one for one in history if one.listing == listing and one.result in (Result.NEW, Result.NOTHING_NEW)]
        empty = list(takewhile(lambda attempt: not attempt.items, reversed(read)))
        if FAILING_AFTER <= len(empty) < len(read):
            why = "it answers, but lists no items any more: its layout may have changed"
            return Health(State.DEGRADED, empty[-1].at, why)
    return None


def _silent(history: Sequence[Attempt], now: datetime, since: datetime | None) -> Health | None:
    """Judge the time without anything new, as far as we looked."""
    fresh = [attempt for attempt in history if attempt.new]
    last = fresh[-1].at if fresh else since
    if last is None or _looked(history, last, now) <= _patience(fresh):
        return None
    newest = max((attempt.newest for attempt in history if attempt.newest is not None), default=None)
    dated = f"; its newest item is of {newest:%Y-%m-%d}" if newest is not None else ""
    return Health(State.SILENT, last, f"it answers, but nothing new came for {_span(now - last)}{dated}")


def _looked(history: Sequence[Attempt], since: datetime, now: datetime) -> timedelta:
    """Return for how much of the time since then we watched: not while the service was down, or the source was."""
    polls = [attempt.at for attempt in history if attempt.result.answered]
    gaps = sorted(later - earlier for earlier, later in pairwise(polls))
    usual = max(2 * gaps[len(gaps) // 2], SHORTEST_PAUSE) if gaps else DAY
    times = [since, *(at for at in polls if at > since), now]
    return sum((min(later - earlier, usual) for earlier, later in pairwise(times)), timedelta(0))


def _patience(fresh: Sequence[Attempt]) -> timedelta:
    """Return for how long this source may be silent before that is news itself."""
    # What the first poll found was there before us and tells no rhythm.
    counted = sum(attempt.new for attempt in fresh[1:])
    if counted < RHYTHM_FROM:
        return SILENT_UNKNOWN
    gap = (fresh[-1].at - fresh[0].at) / counted
    longest = max(later.at - earlier.at for earlier, later in pairwise(fresh))
    return min(max(SILENT_AT_LEAST, gap * SILENT_GAPS, longest * SILENT_OVER_LONGEST), SILENT_UNKNOWN)


def _fewer(history: Sequence[Attempt], now: datetime) -> Health | None:
    """Judge volume: the last whole days against all before them, and against the least of those."""
    watched = {attempt.at.date() for attempt in history if attempt.result.answered}
    counts = volume(history, now)
    first = now.date() - len(counts) * DAY
    days = [count for number, count in enumerate(counts) if first + number * DAY in watched]
    if len(days) < VOLUME_FROM:
        return None
    recent, before = days[-VOLUME_RECENT:], days[:-VOLUME_RECENT]
    usual, now_a_day = sum(before) / len(before), sum(recent) / len(recent)
    least = min(sum(before[at : at + VOLUME_RECENT]) for at in range(len(before) - VOLUME_RECENT + 1))
    if usual < VOLUME_WORTH or now_a_day >= usual * VOLUME_DROP or sum(recent) >= least:
        return None
    began = datetime.combine(now.date() - VOLUME_RECENT * DAY, datetime.min.time(), tzinfo=now.tzinfo)
    return Health(State.DEGRADED, began, f"{now_a_day:.1f} new items a day instead of {usual:.1f}")


def volume(history: Sequence[Attempt], now: datetime) -> tuple[int, ...]:
    """Return the new items of each whole day, oldest first, today left out; the first poll's stock left out as well."""
    fresh = [attempt for attempt in history if attempt.new][1:]
    if not fresh:
        return ()
    first: date = max(fresh[0].at.date(), now.date() - VOLUME_DAYS * DAY)
    counts: Counter[date] = Counter()
    for attempt in fresh:
        counts[attempt.at.date()] += attempt.new
    return tuple(counts[first + number * DAY] for number in range((now.date() - first).days))


def _span(length: timedelta) -> str:
    hours = int(length.total_seconds() // 3600)
    return f"{hours} hours" if hours < 48 else f"{hours // 24} days"
