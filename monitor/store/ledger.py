"""The ledger of delivery: slots, messages with their final bytes, and what is owed to whom.

A digest's slot, the message's bytes, and the rows that say which flags it tells are committed in one transaction
before any socket opens. From then on a crash can repeat a message, byte for byte, but never lose or change it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, literal, select, update

from monitor.records import Message
from monitor.store import amendments
from monitor.store.tables import flags, members, messages, owed, slots

# Why an alert's flag is parked: the recipient had as many alerts as an hour may bring. A digest tells it.
HELD_BACK = "more alerts than an hour may bring; the next digest tells it"


@dataclass(frozen=True, slots=True)
class SlotRow:
    """One time at which a channel is due for a recipient: unique by local date and time."""

    channel: str
    recipient: str
    local_date: str
    local_time: str
    moment: datetime


@dataclass(frozen=True, slots=True)
class Queued:
    """A message of the ledger and how its delivery stands."""

    id: int
    message: Message
    channel: str
    state: str
    attempts: int
    next_try: datetime | None
    detail: str
    created: datetime
    ended: datetime | None


def last_slot(connection: Connection, channel: str, recipient: str) -> SlotRow | None:
    """Return the latest slot that a channel has had for a recipient."""
    row = connection.execute(
        select(slots)
        .where(slots.c.channel == channel, slots.c.recipient == recipient)
        .order_by(slots.c.moment.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return SlotRow(row.channel, row.recipient, row.local_date, row.local_time, row.moment)


def has_slot(connection: Connection, slot: SlotRow) -> bool:
    """Say whether this slot was already made."""
    query = select(func.count()).where(
        slots.c.channel == slot.channel,
        slots.c.recipient == slot.recipient,
        slots.c.local_date == slot.local_date,
        slots.c.local_time == slot.local_time,
    )
    return bool(connection.execute(query).scalar_one())


def since(connection: Connection, channel: str, recipient: str) -> datetime | None:
    """Return where the next window of this channel begins: when the last slot was made."""
    query = select(func.max(slots.c.made)).where(slots.c.channel == channel, slots.c.recipient == recipient)
    made: datetime | None = connection.execute(query).scalar_one()
    return made


@dataclass(frozen=True, slots=True)
class Waiting:
    """A flag that a channel owes a recipient and no message tells yet; `since` is when it came to be owed."""

    flag: int
    story: int
    since: datetime


def pending(connection: Connection, channel: str, recipient: str) -> tuple[Waiting, ...]:
    """Return what this channel owes this recipient and no message tells yet.

    Flags whose article is in no story yet wait for the next grouping.
    """
    rows = connection.execute(
        select(owed.c.flag, members.c.story, owed.c.since)
        .join(flags, flags.c.id == owed.c.flag)
        .join(members, members.c.article == flags.c.article)
        .where(
            owed.c.channel == channel,
            owed.c.recipient == recipient,
            owed.c.state == "pending",
            owed.c.message.is_(None),
        )
        .order_by(owed.c.flag)
    )
    return tuple(Waiting(row.flag, row.story, row.since) for row in rows)


def told_elsewhere(connection: Connection, channel: str, recipient: str) -> None:
    """Give what a channel owes a recipient to the mail of another channel that tells the same article already."""
    waits = (
        owed.c.channel == channel,
        owed.c.recipient == recipient,
        owed.c.state == "pending",
        owed.c.message.is_(None),
    )
    query = select(owed.c.flag, flags.c.article).join(flags, flags.c.id == owed.c.flag).where(*waits)
    article = {row.flag: row.article for row in connection.execute(query)}
    teller = connection.execute(
        select(flags.c.article, messages.c.id, messages.c.state)
        .join(owed, owed.c.flag == flags.c.id)
        .join(messages, messages.c.id == owed.c.message)
        .where(owed.c.recipient == recipient, messages.c.state != "parked", flags.c.article.in_(set(article.values())))
    )
    told = {row.article: row for row in teller}
    for flag, number in article.items():
        if mail := told.get(number):
            ended = {"state": "delivered"} if mail.state == "sent" else {}
            connection.execute(update(owed).where(owed.c.flag == flag, *waits).values(message=mail.id, **ended))


def hold_back(connection: Connection, channel: str, recipient: str, told: Sequence[int]) -> int:
    """Give up telling these flags by alert where a digest owes the recipient the same; return of how many.

    The others go on waiting.
    """
    digest = owed.alias()
    given_up = connection.execute(
        update(owed)
        .where(
            owed.c.flag.in_(told),
            owed.c.channel == channel,
            owed.c.recipient == recipient,
            select(digest.c.flag)
            .where(
                digest.c.flag == owed.c.flag,
                digest.c.recipient == recipient,
                digest.c.channel.startswith("digest:"),
                digest.c.state == "pending",
                digest.c.message.is_(None),
            )
            .exists(),
        )
        .values(state="parked", reason=HELD_BACK)
    )
    return int(given_up.rowcount)


def held_back(connection: Connection, recipient: str, numbers: Sequence[int]) -> frozenset[int]:
    """Return the articles of these stories that an alert to a recipient would have told, had it not had its fill."""
    rows = connection.execute(
        select(flags.c.article)
        .join(owed, owed.c.flag == flags.c.id)
        .join(members, members.c.article == flags.c.article)
        .where(members.c.story.in_(numbers), owed.c.recipient == recipient, owed.c.reason == HELD_BACK)
    )
    return frozenset(row.article for row in rows)


def alerts_since(connection: Connection, recipient: str, since: datetime) -> int:
    """Return how many alerts were made for a recipient after a moment."""
    query = select(func.count()).where(
        messages.c.channel.startswith("alert:"), messages.c.recipient == recipient, messages.c.created > since
    )
    return int(connection.execute(query).scalar_one())


def commit(
    connection: Connection,
    message: Message,
    channel: str,
    told: Sequence[int],
    slot: SlotRow | None,
    now: datetime,
    amended: Sequence[int] = (),
) -> bool:
    """Queue a message with its slot, the flags and the amendments it tells; False where the slot was made meanwhile."""
    number = None
    if slot is not None:
        number = _make_slot(connection, slot, "composed", now)
        if number is None:
            return False
    key = connection.execute(
        messages.insert().values(
            message_id=message.message_id,
            channel=channel,
            recipient=message.recipient,
            address=message.address,
            slot=number,
            subject=message.subject,
            date=message.date,
            raw=message.raw,
            state="queued",
            next_try=now,
            created=now,
        )
    ).inserted_primary_key
    assert key is not None
    for flag in told:
        connection.execute(
            update(owed)
            .where(owed.c.flag == flag, owed.c.recipient == message.recipient, owed.c.channel == channel)
            .values(message=key[0])
        )
    amendments.tell(connection, amended, key[0])
    return True


def skip(connection: Connection, slot: SlotRow, now: datetime) -> None:
    """Note that a slot came and there was nothing to tell."""
    _make_slot(connection, slot, "nothing to tell", now)


def _make_slot(connection: Connection, slot: SlotRow, result: str, now: datetime) -> int | None:
    if has_slot(connection, slot):
        return None
    key = connection.execute(
        slots.insert().values(
            channel=slot.channel,
            recipient=slot.recipient,
            local_date=slot.local_date,
            local_time=slot.local_time,
            moment=slot.moment,
            made=now,
            result=result,
        )
    ).inserted_primary_key
    assert key is not None
    return int(key[0])


def to_send(connection: Connection, now: datetime | None, limit: int, after: int = 0) -> tuple[Queued, ...]:
    """Return the messages whose next try is due (None: all that wait), oldest first, behind number `after`.

    One that was cut off while sending is among them: its end is not known, so it is sent again, byte for byte.
    """
    query = select(messages).where(messages.c.state.in_(("queued", "sending", "unknown")), messages.c.id > after)
    if now is not None:
        query = query.where(messages.c.next_try <= now)
    return tuple(_queued(row) for row in connection.execute(query.order_by(messages.c.id).limit(limit)))


def sending(connection: Connection, number: int) -> None:
    """Note that an attempt begins: should we die in it, its end is not known."""
    connection.execute(
        update(messages).where(messages.c.id == number).values(state="sending", attempts=messages.c.attempts + 1)
    )


def sent(connection: Connection, number: int, detail: str, now: datetime) -> None:
    """Note that a server took the message: what it tells is delivered."""
    _finish(connection, number, "sent", detail, now)
    connection.execute(update(owed).where(owed.c.message == number).values(state="delivered"))
    amendments.end(connection, number, "delivered")


def again(connection: Connection, number: int, state: str, detail: str, next_try: datetime) -> None:
    """Note that an attempt failed ("queued") or ended nobody knows how ("unknown"), and when the next one is due."""
    connection.execute(
        update(messages).where(messages.c.id == number).values(state=state, detail=detail, next_try=next_try)
    )


def park(connection: Connection, number: int, detail: str, now: datetime) -> None:
    """Give a message up, with the reason: what it tells is parked."""
    _finish(connection, number, "parked", detail, now)
    connection.execute(update(owed).where(owed.c.message == number).values(state="parked", reason=detail))
    amendments.end(connection, number, "parked")


def _finish(connection: Connection, number: int, state: str, detail: str, now: datetime) -> None:
    connection.execute(
        update(messages).where(messages.c.id == number).values(state=state, detail=detail, next_try=None, ended=now)
    )


def listed(connection: Connection) -> tuple[Queued, ...]:
    """Return the ledger's messages, oldest first, without their bytes."""
    columns: list[Any] = [column for column in messages.c if column.name != "raw"]
    rows = connection.execute(select(*columns, literal(b"").label("raw")).order_by(messages.c.id))
    return tuple(_queued(row) for row in rows)


def one(connection: Connection, number: int) -> Queued | None:
    """Return one message of the ledger, with its bytes."""
    row = connection.execute(select(messages).where(messages.c.id == number)).one_or_none()
    return None if row is None else _queued(row)


def counts(connection: Connection) -> dict[str, int]:
    """Return how many messages are in each state."""
    rows = connection.execute(select(messages.c.state, func.count()).group_by(messages.c.state))
    return {row[0]: row[1] for row in rows}


def given_up(connection: Connection, since: datetime) -> tuple[tuple[str, str], ...]:
    """Return the addresses of messages parked since a moment, each with the reason."""
    query = select(messages.c.address, messages.c.detail).where(messages.c.state == "parked", messages.c.ended > since)
    return tuple((row.address, row.detail) for row in connection.execute(query.order_by(messages.c.id)))


def _queued(row: Any) -> Queued:
    message = Message(row.message_id, row.recipient, row.address, row.subject, row.date, row.raw)
    return Queued(
        row.id, message, row.channel, row.state, row.attempts, row.next_try, row.detail, row.created, row.ended
    )
