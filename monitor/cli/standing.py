"""What `status` tells: whether the service runs, what is next, how sources do, what waits to be sent."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from monitor import due
from monitor.cli import show
from monitor.config import Config
from monitor.errors import StoreError
from monitor.records import Digest
from monitor.store import Store, ledger, sources
from monitor.store.engine import lock_owner


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand. `wrong` names what needs a person; `sources` and `digests` are rows as shown."""

    service: str
    sources: tuple[dict[str, Any], ...]
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
        listed = _sources(store, config)
        mails = store.read_now(ledger.all_messages)
    finally:
        store.close()
    counts: dict[str, int] = {}
    for mail in mails:
        counts[mail.state] = counts.get(mail.state, 0) + 1
    wrong = [f"{row['name']}: {row['detail']}" for row in listed if row["last"] == "failed"]
    wrong += [f"mail to {mail.message.address} given up: {mail.detail}" for mail in mails if mail.state == "parked"]
    return Standing(_service(config), listed, _digests(config, now), counts, tuple(wrong))


def _service(config: Config) -> str:
    owner = lock_owner(config.data)
    return f"running as process {owner}" if owner else "not running"


def _sources(store: Store, config: Config) -> tuple[dict[str, Any], ...]:
    next_due = store.read_now(sources.next_due)
    last = {poll.source: poll for poll in store.read_now(sources.history)}
    rows = []
    for source in config.sources:
        poll = last.get(source.id)
        rows.append(
            {
                "id": source.id,
                "name": source.name,
                "last": poll.result if poll else "never asked",
                "detail": poll.detail if poll else "",
                "at": poll.at if poll else None,
                "next": next_due.get(source.id),
            }
        )
    return tuple(rows)


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
    if as_json:
        show.as_json(
            {
                "service": found.service,
                "sources": list(found.sources),
                "digests": list(found.digests),
                "mails": found.mails,
                "wrong": list(found.wrong),
            }
        )
        return
    print(f"service: {found.service}")
    if found.sources:
        listed = [
            (row["name"], row["last"], _short(row["at"]), _short(row["next"]), row["detail"]) for row in found.sources
        ]
        show.table("", ("source", "last poll", "at", "next", "detail"), listed)
    if found.digests:
        rows = [(row["digest"], row["recipient"], f"{row['next']:%a %Y-%m-%d %H:%M %Z}") for row in found.digests]
        show.table("", ("digest", "to", "next"), rows)
    if found.mails:
        show.table("", ("mails", "how many"), list(found.mails.items()))
    for line in found.wrong:
        print(f"wrong: {line}")


def _short(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""
