"""When something is due: a source's next poll, a digest's slots, a mail's next attempt, an article's re-check.

Pure: the time, and a random number in [0, 1), are passed in; nothing here reads a clock or remembers anything. What
is due lives as rows in the store, so a restart, a missed tick or a clock that jumps neither skips nor repeats.
Durations are timedeltas, moments aware UTC datetimes.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.records import Digest

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

# Under `every: auto`: a wire is asked at most this often, a blog that sleeps still this often.
AUTO_FASTEST = timedelta(minutes=5)
AUTO_SLOWEST = timedelta(hours=6)
AUTO_UNKNOWN = timedelta(minutes=15)  # until a rhythm is seen

# A publisher's TTL or max-age is honoured up to here: content networks set a day on every file, news cannot wait one.
WISH_CAP = timedelta(hours=1)
RETRY_AFTER_CAP = DAY
BACK_OFF_CAP = DAY
# The share of an interval by which polls are spread, so that sources started together drift apart.
JITTER = 0.1
FIRST_POLL_WITHIN = timedelta(minutes=1)
# Some servers keep ETag and Last-Modified while the content changes: every so many polls ask without them.
FULL_REQUEST_EVERY = 12

# A digest this long after its slot says so ("late").
LATE_AFTER = timedelta(minutes=10)

# An alert waits this long for other outlets of its story, and a recipient gets at most so many an hour.
ALERT_WAITS = timedelta(minutes=2)
ALERTS_AN_HOUR = 6

MAIL_FIRST_RETRY = timedelta(minutes=1)
MAIL_SLOWEST_RETRY = timedelta(hours=1)
MAIL_KEPT = timedelta(days=5)  # RFC 5321, 4.5.4.1: give up after four to five days

# A page that cannot be had just now is asked for again after this, then twice this, and so on up to the slowest.
PAGE_FIRST_RETRY = timedelta(minutes=10)
PAGE_SLOWEST_RETRY = timedelta(hours=12)
# Cut off from everything, sites are asked again this soon: what never leaves this machine bothers nobody.
CUT_OFF_RETRY = timedelta(minutes=2)

RECHECKS = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=3))


def next_poll(
    now: datetime,
    *,
    every: timedelta | None,
    random: float,
    seen: Sequence[datetime] = (),
    wish: timedelta | None = None,
    retry_after: timedelta | None = None,
    failures: int = 0,
) -> datetime:
    """Return when a listing that was just polled is due again; always a moment after `now`, never "not any more".

    `every` is the configured interval or None for auto; `seen` when its last items were first seen (any order, the
    last fifty are plenty); `wish` the publisher's TTL or max-age; `retry_after` what a 429 or 503 demanded;
    `failures` how many polls in a row failed, this one included (leave out those that were our own outage).
    """
    interval = every if every is not None else rhythm(seen, now)
    interval = max(interval, min(wish or timedelta(0), WISH_CAP))
    # Taken off, never added: nobody waits longer than the interval that was asked for.
    spread = interval * (1 - JITTER * random)
    if failures > 1:
        doublings = min(failures - 1, 16)  # 2 ** 16 times a second is most of a day already
        spread = min(spread * (1 << doublings), max(BACK_OFF_CAP, interval))
    demanded = min(max(retry_after or timedelta(0), timedelta(0)), RETRY_AFTER_CAP)
    # Here it is added: a server that said when must not be asked a moment before.
    return now + max(spread, demanded * (1 + JITTER * random))


def poll_after_outage(now: datetime, random: float) -> datetime:
    """Return when a listing is due that could not be asked for because we were cut off: soon, but not all at once."""
    return now + CUT_OFF_RETRY * (1 + random)


def page_retry(now: datetime, attempts: int, asked: timedelta | None = None) -> datetime:
    """Return when a page is asked for again that could not be had `attempts` times before; `asked` is Retry-After."""
    pause = min(PAGE_FIRST_RETRY * (1 << min(attempts, 10)), PAGE_SLOWEST_RETRY)
    return now + max(pause, min(asked or timedelta(0), RETRY_AFTER_CAP))


def first_poll(now: datetime, random: float) -> datetime:
    """Return when a source that is new to us is polled first: soon, but not all at the same moment."""
    return now + FIRST_POLL_WITHIN * random


def rhythm(seen: Sequence[datetime], now: datetime) -> timedelta:
    """Return the interval that suits how often a source publishes: half of its usual gap between two items.

    The gap is the smaller of the long-run mean and that of the last few, so that a sleeper that wakes is followed at
    once; a silence longer than the usual gap stretches it. Items first seen together count once: the fifty found at
    the first poll tell nothing of how often they came.
    """
    moments = sorted({moment.replace(second=0, microsecond=0) for moment in seen if moment <= now})
    if not moments:
        return AUTO_UNKNOWN
    silence = now - moments[-1]
    if len(moments) == 1:
        return min(max(silence / 2, AUTO_UNKNOWN), AUTO_SLOWEST)
    gaps = [_mean_gap(moments), _mean_gap(moments[-5:])]
    usual = max(min(gaps), silence / len(moments))
    return min(max(usual / 2, AUTO_FASTEST), AUTO_SLOWEST)


def _mean_gap(moments: Sequence[datetime]) -> timedelta:
    return (moments[-1] - moments[0]) / (len(moments) - 1)


def asks_in_full(polls_since_full: int, *, validators_lied: bool) -> bool:
    """Return whether a poll leaves its validators out, to find out or to outlive a server whose 304 lies."""
    return validators_lied or polls_since_full >= FULL_REQUEST_EVERY


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """One time at which a digest leaves. Its local date and time are its identity: there is never a second of them.

    `moment` is when that is in UTC; `late` says that it is long past.
    """

    moment: datetime
    local_date: date
    local_time: time
    late: bool = False


def next_slot(digest: Digest, zone: ZoneInfo, after: datetime) -> datetime:
    """Return the moment of a digest's first slot later than `after`."""
    # A week has every weekday once; a second one bridges what a zone's jump takes away.
    return next(slots(digest, zone, after, after + timedelta(days=15))).moment


def slots_due(digest: Digest, zone: ZoneInfo, last: datetime, now: datetime) -> tuple[Slot, ...]:
    """Return the slot to serve now: none, or the newest of those passed since `last`.

    `last` is the moment of the slot served last, or when the digest became known. After downtime there is one digest
    for all that was missed, of whatever age: a single slot, marked late when it is.
    """
    # Only the newest matters: a year's downtime is not walked through slot by slot.
    missed = list(slots(digest, zone, max(last, now - timedelta(days=40)), now))
    if not missed:
        return ()
    newest = missed[-1]
    late = now - newest.moment > LATE_AFTER
    return (Slot(newest.moment, newest.local_date, newest.local_time, late),)


def slots(digest: Digest, zone: ZoneInfo, since: datetime, until: datetime) -> Iterator[Slot]:
    """Yield a digest's slots in (since, until], in order: one for each local date and time, in every zone.

    A local time the zone skips becomes the first instant after the gap; one it repeats counts the first time.
    """
    # A day more on both sides, for zones whose clocks jump across midnight.
    day = since.astimezone(zone).date() - DAY
    last = until.astimezone(zone).date() + DAY
    pending: list[Slot] = []
    while day <= last:
        if day.weekday() in digest.days:
            pending += [Slot(_instant(day, at, zone), day, at) for at in sorted(set(digest.at))]
        day += DAY
    yield from sorted(slot for slot in pending if since < slot.moment <= until)


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the first instant at which the zone's clocks show this date and time, or the first one past a gap."""
    local = datetime.combine(day, at, tzinfo=zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant
    # Inside a gap the two readings (PEP 495) lie on both sides of the jump; find it to the second.
    before, after = local.replace(fold=1).astimezone(UTC), instant
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after


def in_quiet(span: tuple[time, time] | None, zone: ZoneInfo, now: datetime) -> bool:
    """Return whether mail waits: `now` lies in the local span [from, to), which may run past midnight."""
    if span is None:
        return False
    start, end = span
    local = now.astimezone(zone).time()
    return start <= local < end if start <= end else local >= start or local < end


def alerts_due(waiting: Iterable[tuple[int, datetime]], now: datetime, *, settled: bool = False) -> frozenset[int]:
    """Return the stories that an alert tells now, of those that wait as (story, since when it is owed) pairs.

    A story waits a little for other outlets to tell it too, counted from its first flag, so that it cannot wait for
    ever; `settled` says that none are coming.
    """
    return frozenset(story for story, since in waiting if settled or now - since >= ALERT_WAITS)


def retry_at(attempt: int, now: datetime, random: float) -> datetime:
    """Return when mail that was refused for now is tried again, after its `attempt`-th try (from 1)."""
    pause = min(MAIL_FIRST_RETRY * (1 << min(attempt - 1, 10)), MAIL_SLOWEST_RETRY)
    return now + pause * (1 + JITTER * random)


def worn_out(composed: datetime, now: datetime) -> bool:
    """Return whether mail has been tried for so long that it is given up and parked."""
    return now - composed >= MAIL_KEPT


def recheck_at(first_seen: datetime, done: int) -> datetime | None:
    """Return when an article is fetched again to see whether it was edited, or None after the last time.

    `done` counts the re-checks made so far.
    """
    return first_seen + RECHECKS[done] if done < len(RECHECKS) else None
