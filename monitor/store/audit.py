"""The conservation law: nothing that came in may be unaccounted for."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, String, and_, cast, func, select

from monitor.store.flags import UNMATCHABLE
from monitor.store.tables import addresses, amendments, articles, flags, members, messages, owed, subscriptions


@dataclass(frozen=True, slots=True)
class Audit:
    """What adds up and what does not. `faults` is empty where the law holds."""

    addresses: dict[str, int]
    reasons: dict[str, int]
    articles: int
    unmatched: int
    unmatchable: int
    flags: dict[str, int]
    stories: int
    owed: dict[str, int]
    messages: dict[str, int]
    faults: tuple[str, ...]


def audit(connection: Connection) -> Audit:
    """Count every address, article, flag and message once, and look for any that has no place."""
    fates = _counts(connection, addresses.c.fate)
    kept = connection.execute(select(func.count()).select_from(articles)).scalar_one()
    passed = connection.execute(select(func.count()).where(flags.c.passed)).scalar_one()
    near = connection.execute(select(func.count()).where(~flags.c.passed)).scalar_one()
    refused = addresses.c.fate == "refused"
    return Audit(
        addresses={"total": sum(fates.values())} | {key: fates.get(key, 0) for key in _FATES},
        reasons=dict(
            connection.execute(
                select(addresses.c.reason, func.count()).where(refused).group_by(addresses.c.reason)
            ).all()
        ),
        articles=kept,
        unmatched=connection.execute(select(func.count()).where(articles.c.matched.is_(None))).scalar_one(),
        unmatchable=connection.execute(
            select(func.count()).where(cast(articles.c.marks, String).contains(UNMATCHABLE))
        ).scalar_one(),
        flags={"passed": passed, "near miss": near},
        stories=connection.execute(select(func.count(func.distinct(members.c.story)))).scalar_one(),
        owed={key: _counts(connection, owed.c.state).get(key, 0) for key in ("pending", "delivered", "parked")},
        messages=_counts(connection, messages.c.state),
        faults=tuple(_faults(connection, fates, kept)),
    )


_FATES = ("pending", "stored", "duplicate", "refused")


def _counts(connection: Connection, column: object) -> dict[str, int]:
    return dict(connection.execute(select(column, func.count()).group_by(column)).all())  # type: ignore[call-overload]


def _faults(connection: Connection, fates: dict[str, int], kept: int) -> list[str]:
    """Say, in words, each way in which the books do not balance."""

    def number(query: object) -> int:
        return int(connection.execute(query).scalar_one())  # type: ignore[call-overload]

    found: list[tuple[int, str]] = [
        (sum(n for fate, n in fates.items() if fate not in _FATES), "addresses have a fate nobody knows"),
        (fates.get("stored", 0) - kept, "stored addresses have no article (negative: articles have no stored address)"),
        (
            number(select(func.count()).where(addresses.c.fate == "pending", addresses.c.due.is_(None))),
            "pending addresses will never be fetched",
        ),
        (
            number(
                select(func.count()).where(addresses.c.fate.in_(("stored", "duplicate")), addresses.c.article.is_(None))
            ),
            "stored or duplicate addresses name no article",
        ),
        (
            number(select(func.count()).where(addresses.c.fate == "refused", addresses.c.reason == "")),
            "refused addresses have no reason",
        ),
        (
            number(
                select(func.count())
                .select_from(owed.join(messages, messages.c.id == owed.c.message))
                .where(owed.c.state == "delivered", messages.c.state != "sent")
            ),
            "flags count as delivered by a message that was not sent",
        ),
        (
            number(
                select(func.count())
                .select_from(owed.join(messages, messages.c.id == owed.c.message))
                .where(owed.c.state == "pending", messages.c.state.in_(("sent", "parked")))
            ),
            "flags still wait for a message that has ended",
        ),
        (
            number(select(func.count()).where(owed.c.state == "delivered", owed.c.message.is_(None))),
            "flags count as delivered by no message",
        ),
        (
            number(select(func.count()).where(owed.c.state == "parked", owed.c.reason == "")),
            "parked flags have no reason",
        ),
        (
            number(
                select(func.count())
                .select_from(amendments.join(messages, messages.c.id == amendments.c.message))
                .where(amendments.c.state == "pending", messages.c.state.in_(("sent", "parked")))
            ),
            "amendments still wait for a message that has ended",
        ),
        (number(_unowed()), "subscribed flags are owed to nobody"),
    ]
    return [f"{count} {words}" for count, words in found if count]


def _unowed() -> object:
    """Count flags of a digest's subscription, found since it began, for which nothing is owed."""
    row = select(owed.c.flag).where(
        owed.c.flag == flags.c.id,
        owed.c.recipient == subscriptions.c.recipient,
        owed.c.channel == subscriptions.c.channel,
    )
    return (
        select(func.count())
        .select_from(flags.join(subscriptions, subscriptions.c.watchlist == flags.c.watchlist))
        .where(
            flags.c.passed,
            flags.c.found >= subscriptions.c.since,
            subscriptions.c.channel.startswith("digest:"),
            ~row.exists(),
        )
    )


def read_between(connection: Connection, since: datetime, until: datetime) -> tuple[int, tuple[str, ...]]:
    """Return how many articles were first seen in (since, until], and in which languages."""
    fresh = and_(articles.c.first_seen > since, articles.c.first_seen <= until)
    number = connection.execute(select(func.count()).where(fresh)).scalar_one()
    languages = select(articles.c.language).where(fresh, articles.c.language.is_not(None)).distinct()
    return number, tuple(sorted(row.language for row in connection.execute(languages)))
