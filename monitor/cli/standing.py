"""What `status` and `sources` tell: what runs, what is next, how each source does, what waits to be sent."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from monitor import due
from monitor.cli import show
from monitor.config import Config
from monitor.drift import layout_changed
from monitor.errors import StoreError
from monitor.health import Attempt, Health, State, verdict
from monitor.records import Digest, Source
from monitor.store import Store, ledger, sources, vitals
from monitor.store.engine import lock_owner

BARS = " ▁▂▃▄▅▆▇█"
DAYS = 28
# A mail that was given up is news to whoever runs the service for so long; the outbox tells of it for ever.
PARKED_MATTERS = timedelta(days=7)
BAD = (State.FAILING, State.SILENT)


@dataclass(frozen=True, slots=True)
class SourceStanding:
    """How one source does. `volume` counts its new items a day, oldest day first, today last."""

    source: Source
    health: Health
    last: Attempt | None
    next_poll: datetime | None
    volume: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand; `wrong` names what needs a person."""

    service: str
    sources: tuple[SourceStanding, ...]
    digests: tuple[dict[str, Any], ...]
    mails: dict[str, int]
    wrong: tuple[str, ...]


def standing(config: Config, now: datetime) -> Standing:
    """Look at lock, store and config; changes nothing."""
    try:
        store = Store.look(config.data)
    except StoreError as error:
        return Standing("never ran", (), (), {}, (str(error),))
    try:
        listed = _sources(store, config, now)
        mails = store.read_now(ledger.counts)
        given_up = store.read_now(ledger.given_up, now - PARKED_MATTERS)
    finally:
        store.close()
    wrong = [f"{one.source.name}: {one.health.state}, {one.health.why}" for one in listed if one.health.state in BAD]
    wrong += [f"mail to {address} given up: {detail}" for address, detail in given_up]
    owner = lock_owner(config.data)
    return Standing(
        service=f"running as process {owner}" if owner else "not running",
        sources=listed,
        digests=_digests(config, now),
        mails=mails,
        wrong=tuple(wrong),
    )


def _sources(store: Store, config: Config, now: datetime) -> tuple[SourceStanding, ...]:
    next_due = store.read_now(sources.next_due)
    history = store.read_now(sources.attempts, now - sources.POLLS_KEPT)
    since = store.read_now(sources.known_since)
    pages = store.read_now(vitals.histories)
    return tuple(
        SourceStanding(
            source,
            verdict(
                polls := history.get(source.id, ()), now, since.get(source.id), layout_changed(pages.get(source.id, ()))
            ),
            polls[-1] if polls else None,
            next_due.get(source.id),
            _volume(polls, now),
        )
        for source in config.sources
    )


def _volume(polls: Sequence[Attempt], now: datetime) -> tuple[int, ...]:
    counts: Counter[int] = Counter()
    for poll in polls:
        counts[(now.date() - poll.at.date()) // timedelta(days=1)] += poll.new
    return tuple(counts[back] for back in reversed(range(DAYS)))


def _digests(config: Config, now: datetime) -> tuple[dict[str, Any], ...]:
    recipients = {recipient.id: recipient for recipient in config.recipients}
    return tuple(
        {"digest": digest.id, "recipient": name, "next": _next(digest, recipients[name].timezone, now)}
        for digest in config.digests
        for name in digest.to
    )


def _next(digest: Digest, zone: str, now: datetime) -> datetime:
    return due.next_slot(digest, ZoneInfo(zone), now).astimezone(ZoneInfo(zone))


def print_standing(found: Standing, *, as_json: bool) -> None:
    """Print it, for people or for programs."""
    states = Counter(one.health.state.value for one in found.sources)
    if as_json:
        show.as_json(
            {
                "service": found.service,
                "sources": dict(states),
                "digests": list(found.digests),
                "mails": found.mails,
                "wrong": list(found.wrong),
            }
        )
        return
    print(f"service: {found.service}")
    if states:
        print("sources: " + ", ".join(f"{count} {state}" for state, count in sorted(states.items())))
    soon = sorted((one.next_poll, one.source.name) for one in found.sources if one.next_poll)
    if soon:
        print(f"next poll: {soon[0][1]}, {soon[0][0]:%Y-%m-%d %H:%M} UTC")
    for row in found.digests:
        print(f"next digest: {row['digest']} to {row['recipient']}, {row['next']:%a %Y-%m-%d %H:%M %Z}")
    for state, count in sorted(found.mails.items()):
        print(f"mails {state}: {count}")
    for line in found.wrong:
        print(f"wrong: {line}")


def print_sources(found: Standing, *, as_json: bool) -> None:
    """Print each source's health, with what it published in the last four weeks."""
    if as_json:
        show.as_json([_source_row(one) for one in found.sources])
        return
    rows = [
        (
            one.source.id,
            one.source.name,
            one.health.state.value,
            spark(one.volume),
            f"{one.last.at:%m-%d %H:%M} {one.last.result}" if one.last else "never asked",
            f"{one.next_poll:%m-%d %H:%M}" if one.next_poll else "",
            one.health.why or (one.last.reason if one.last else ""),
        )
        for one in found.sources
    ]
    show.table("", ("id", "source", "state", f"{DAYS} days", "last poll (UTC)", "next", "why"), rows)


def _source_row(one: SourceStanding) -> dict[str, Any]:
    return {
        "id": one.source.id,
        "name": one.source.name,
        "state": one.health.state.value,
        "since": one.health.since,
        "why": one.health.why,
        "last": one.last and {"at": one.last.at, "result": one.last.result.value, "reason": one.last.reason},
        "next": one.next_poll,
        "volume": list(one.volume),
    }


def spark(volume: Sequence[int]) -> str:
    """Draw counts as a row of bars, the highest of them full."""
    top = max(volume, default=0)
    return "".join(BARS[0 if not count else 1 + (len(BARS) - 2) * count // top] for count in volume)
