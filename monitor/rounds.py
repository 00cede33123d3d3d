"""One function a round: each takes work from the store, calls one stage, writes the result in one transaction.

Only here do records pass from one stage to another, and only here do clock, network and disk meet. Every round may be
cut off at any moment and run again: what it had not committed it does once more, what it had committed stays.
"""

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from monitor import drift, due, health, jobs
from monitor.config import Config
from monitor.digest import Envelope, references, sample_edition
from monitor.errors import SketchesOutdated, WorkerLost
from monitor.outbox import Transport
from monitor.records import (
    Alert,
    Article,
    Coverage,
    Delivery,
    Digest,
    Edition,
    Message,
    Recipient,
    Sent,
    Status,
    Story,
    Telling,
    WhenEmpty,
)
from monitor.store import Store, addresses, amendments, articles, flags, furniture, ledger, sources, stories, vitals
from monitor.store.audit import read_between
from monitor.workers import Workers

log = structlog.get_logger(__name__)

MATCH_AT_ONCE = 64
MATCH_SECONDS = 60.0
# Thousands at once are compared with each other as well: more would need more memory than a worker may have.
GROUP_AT_ONCE = 2_000
GROUP_SECONDS = 120.0
COMPOSE_SECONDS = 30.0
# A story that nobody has told for this long is over: what resembles it is another one.
STORY_LIVES = timedelta(days=14)
SEND_AT_ONCE = 20
NEAR_MISSES = 3
VOLUME_DAYS = 30


@dataclass(frozen=True, slots=True)
class Shop:
    """What every round works with: the config in force, the store, the workers."""

    config: Config
    store: Store
    workers: Workers


def now() -> datetime:
    """Return the present moment; the one clock of the rounds."""
    return datetime.now(UTC)


def channel_name(channel: Digest | Alert) -> str:
    """Return the name under which the ledger knows a digest or an alert."""
    return f"{'digest' if isinstance(channel, Digest) else 'alert'}:{channel.id}"


def subscriptions(config: Config) -> tuple[flags.Subscription, ...]:
    """Return who follows what by which channel, as the config says."""
    channels: list[Digest | Alert] = [*config.digests, *config.alerts]
    return tuple(
        flags.Subscription(
            channel_name(channel),
            recipient,
            watchlist,
            at_least=channel.at_least if isinstance(channel, Alert) else 0.0,
            fresh_only=isinstance(channel, Alert),
            sources=channel.sources if isinstance(channel, Digest) else (),
            languages=channel.languages if isinstance(channel, Digest) else (),
        )
        for channel in channels
        for recipient in channel.to
        for watchlist in channel.watchlists
    )


async def adopt(shop: Shop) -> None:
    """Bring the store in line with the config: sources, listings, subscriptions."""
    await shop.store.write(sources.adopt, shop.config.sources, now())
    await shop.store.write(addresses.abandon, [source.id for source in shop.config.sources])
    await shop.store.write(flags.subscribe, subscriptions(shop.config), now())


async def match(shop: Shop) -> int:
    """Show every article no watchlist has read to all of them; return how many new flags passed."""
    passed = 0
    while waiting := await shop.store.read(flags.unmatched, MATCH_AT_ONCE * shop.workers.count):
        parts = [waiting[start : start + MATCH_AT_ONCE] for start in range(0, len(waiting), MATCH_AT_ONCE)]
        results = await asyncio.gather(*(_match_part(shop, part) for part in parts))
        for found in results:
            passed += await shop.store.write(flags.keep, found, subscriptions(shop.config), now())
    return passed


async def _match_part(shop: Shop, part: Sequence[flags.Unmatched]) -> list[tuple[flags.Unmatched, jobs.Flags | None]]:
    """Match some articles in one worker; where that fails, one by one, so that the culprit stands alone."""
    articles = tuple(item.article for item in part)
    watchlists, concepts = shop.config.watchlists, shop.config.concepts
    try:
        found = await shop.workers.run(jobs.match_articles, watchlists, concepts, articles, seconds=MATCH_SECONDS)
    except Exception as error:
        if len(part) == 1:
            log.exception("article not matched", url=part[0].article.url, reason=str(error))
            return [(part[0], None)]
        singles = [await _match_part(shop, [item]) for item in part]
        return [pair for single in singles for pair in single]
    return list(zip(part, found, strict=True))


async def anything_to_group(shop: Shop) -> bool:
    """Say whether a flagged article belongs to no story yet: a crash may have come between matching and grouping."""
    return await shop.store.read(stories.any_ungrouped)


async def group(shop: Shop) -> int:
    """Put every flagged article into a story; return how many stories they began or joined."""
    try:
        return await _group(shop)
    except SketchesOutdated as error:
        log.info("sketches made again", reason=str(error))
        await shop.store.write(stories.forget_sketches, now() - STORY_LIVES)
        return await _group(shop)


async def _group(shop: Shop) -> int:
    while waiting := await shop.store.read(stories.unsketched, MATCH_AT_ONCE):
        await shop.store.write(stories.keep_sketches, dict(await _sketches(shop, waiting)))
    found: set[tuple[int | None, int | None]] = set()
    while new := await shop.store.read(stories.ungrouped, GROUP_AT_ONCE):
        # An edited watchlist may have flagged old articles, whose stories are as old.
        since, until = new[0].seen - STORY_LIVES, new[-1].seen + STORY_LIVES
        known = await shop.store.read(stories.grouped, since, until)
        joins = await shop.workers.run(jobs.group_members, _placed(new), _placed(known), seconds=GROUP_SECONDS)
        await shop.store.write(stories.join, joins, now())
        found |= {(story, None if story else root) for _, story, root, _ in joins}
    return len(found)


async def _sketches(shop: Shop, waiting: Sequence[tuple[int, Article]]) -> list[tuple[int, bytes]]:
    """Sketch articles in one worker; one that cannot be sketched gets a blank one: it stays a story of its own."""
    articles = tuple(article for _, article in waiting)
    try:
        made = await shop.workers.run(jobs.sketch_articles, articles, seconds=MATCH_SECONDS)
    except Exception as error:
        if len(waiting) > 1:
            return [pair for item in waiting for pair in await _sketches(shop, [item])]
        log.exception("article not sketched", url=articles[0].url, reason=str(error))
        made = await shop.workers.run(jobs.sketch_articles, (Article(articles[0].url),), seconds=MATCH_SECONDS)
    return list(zip((number for number, _ in waiting), made, strict=True))


def _placed(members: Sequence[stories.Member]) -> tuple[jobs.PlacedRow, ...]:
    return tuple((one.article, one.story, one.seen, one.sketch) for one in members)


async def amend(shop: Shop) -> None:
    """Owe to those who were told what became of it: pages that are gone, edits that changed a figure."""
    while edited := await shop.store.read(amendments.uncompared, MATCH_AT_ONCE):
        pairs = tuple((one.before, one.after) for one in edited)
        found = await shop.workers.run(jobs.compare_versions, pairs, seconds=MATCH_SECONDS)
        await shop.store.write(amendments.compared, tuple(zip(edited, found, strict=True)), now())
    if await shop.store.read(amendments.any_gone):
        await shop.store.write(amendments.retract, now())


async def compose(shop: Shop, *, moment: datetime | None = None, settled: bool = False) -> tuple[Message, ...]:
    """Queue the digests and alerts that are due, each with its slot and what it tells in one transaction.

    `settled` says that nothing more is coming just now, so that alerts need not wait for other outlets.
    """
    moment = moment or now()
    await amend(shop)
    recipients = {recipient.id: recipient for recipient in shop.config.recipients}
    digests = [(digest, name) for digest in shop.config.digests for name in digest.to]
    alerts = [(alert, name) for alert in shop.config.alerts for name in alert.to]
    made = [await _compose_digest(shop, digest, recipients[name], moment) for digest, name in digests]
    made += [await _compose_alert(shop, alert, recipients[name], moment, settled=settled) for alert, name in alerts]
    return tuple(message for message in made if message is not None)


async def compose_everything(shop: Shop) -> tuple[Message, ...]:
    """Queue all that is owed now, whatever the schedule says; makes no slot, so the schedule goes on as it was."""
    await amend(shop)
    recipients = {recipient.id: recipient for recipient in shop.config.recipients}
    channels: list[Digest | Alert] = [*shop.config.digests, *shop.config.alerts]
    pairs = [(channel, recipients[name]) for channel in channels for name in channel.to]
    made = [await compose_now(shop, channel, recipient, now()) for channel, recipient in pairs]
    return tuple(message for message in made if message is not None)


async def _compose_digest(shop: Shop, digest: Digest, recipient: Recipient, moment: datetime) -> Message | None:
    channel, zone = channel_name(digest), ZoneInfo(recipient.timezone)
    last = await shop.store.read(ledger.last_slot, channel, recipient.id)
    known = last.moment if last else await shop.store.read(flags.subscribed_since, channel, recipient.id)
    if known is None:
        return None
    slots = due.slots_due(digest, zone, known, moment)
    if not slots:
        return None
    slot = slots[-1]
    row = ledger.SlotRow(
        channel, recipient.id, slot.local_date.isoformat(), slot.local_time.isoformat("minutes"), slot.moment
    )
    return await compose_now(shop, digest, recipient, moment, slot=row, late=slot.late)


async def _compose_alert(
    shop: Shop, alert: Alert, recipient: Recipient, moment: datetime, *, settled: bool
) -> Message | None:
    """Tell at once what is due by now, in one mail; beyond so many an hour it is left to the next digest."""
    if due.in_quiet(alert.quiet, ZoneInfo(recipient.timezone), moment):
        return None
    name = channel_name(alert)
    waiting = await shop.store.read(ledger.pending, name, recipient.id)
    ready = due.alerts_due(((one.story, one.since) for one in waiting), moment, settled=settled)
    told = tuple(one for one in waiting if one.story in ready)
    if told and await shop.store.read(ledger.alerts_since, recipient.id, moment - due.HOUR) >= due.ALERTS_AN_HOUR:
        if held := await shop.store.write(ledger.hold_back, name, recipient.id, [one.flag for one in told]):
            log.info("alert held back for the next digest", channel=name, recipient=recipient.id, flags=held)
        return None
    return await compose_now(shop, alert, recipient, moment, only=told)


async def compose_now(
    shop: Shop,
    channel: Digest | Alert,
    recipient: Recipient,
    moment: datetime,
    *,
    slot: ledger.SlotRow | None = None,
    late: bool = False,
    only: Sequence[ledger.Waiting] | None = None,
) -> Message | None:
    """Queue what a channel owes a recipient, or `only` some of it, as one mail; None where there is nothing to tell."""
    name = channel_name(channel)
    if isinstance(channel, Alert):
        await shop.store.write(ledger.told_elsewhere, name, recipient.id)
    pending = await shop.store.read(ledger.pending, name, recipient.id)
    if only is not None:
        pending = tuple(one for one in pending if one in only)
    amended = await shop.store.read(amendments.pending, name, recipient.id)
    anyway = isinstance(channel, Digest) and channel.when_empty is WhenEmpty.SEND and slot is not None
    if not pending and not amended and not anyway:
        if slot is not None:
            await shop.store.write(ledger.skip, slot, moment)
        return None
    edition = await edition_of(shop, channel, recipient, moment, pending, amended, late=late)
    key = _key(name, recipient, slot, pending, amended)
    message = await seal(shop.config, shop.workers, edition, key=key)
    told, mended = [one.flag for one in pending], [one.id for one in amended]
    if not await shop.store.write(ledger.commit, message, name, told, slot, moment, mended):
        return None
    log.info("mail composed", channel=name, recipient=recipient.id, stories=len(edition.stories))
    return message


async def preview(shop: Shop, channel: Digest, recipient: Recipient, *, moment: datetime) -> Message:
    """Render what a digest would tell a recipient now, and note nothing; the sample where nothing waits."""
    pending = await shop.store.read(ledger.pending, channel_name(channel), recipient.id)
    amended = await shop.store.read(amendments.pending, channel_name(channel), recipient.id)
    if not pending and not amended:
        return await preview_sample(shop.config, shop.workers, channel, recipient)
    edition = await edition_of(shop, channel, recipient, moment, pending, amended)
    return await seal(shop.config, shop.workers, edition, key="preview")


async def preview_sample(config: Config, workers: Workers, channel: Digest, recipient: Recipient) -> Message:
    """Render the invented sample as this digest would show it to a recipient; needs no store."""
    edition = replace(sample_edition(), channel=channel, recipient=recipient)
    return await seal(config, workers, edition, key="preview")


def _key(
    channel: str,
    recipient: Recipient,
    slot: ledger.SlotRow | None,
    pending: Sequence[ledger.Waiting],
    amended: Sequence[amendments.Amendment],
) -> str:
    """Return what makes a mail's Message-ID: the same for the same window, whatever happens in between."""
    if slot is not None:
        window = f"{slot.local_date}T{slot.local_time}"
    elif pending:
        window = f"flags-{max(one.flag for one in pending)}"
    else:
        window = f"amendments-{max(one.id for one in amended)}"
    return f"{channel}.{recipient.id}.{window}"


async def seal(config: Config, workers: Workers, edition: Edition, *, key: str) -> Message:
    """Render an edition and give it its envelope: the bytes are final."""
    envelope = Envelope(
        sender=config.mail.sender,
        host=config.mail.sender.rpartition("@")[2],
        date=edition.until,
        key=key,
        references=references(edition),
    )
    templates = config.templates
    try:
        made = await workers.run(jobs.compose_message, edition, envelope, templates, seconds=COMPOSE_SECONDS)
    except WorkerLost as error:
        if templates is None:
            raise
        log.warning("templates not used", folder=str(templates), reason=str(error))
        made = await workers.run(jobs.compose_message, edition, envelope, None, seconds=COMPOSE_SECONDS)
    for notice in made.notices:
        log.warning("mail composed otherwise", recipient=edition.recipient.id, notice=notice)
    return made.message


async def edition_of(
    shop: Shop,
    channel: Digest | Alert,
    recipient: Recipient,
    moment: datetime,
    pending: Sequence[ledger.Waiting],
    amended: Sequence[amendments.Amendment] = (),
    *,
    late: bool = False,
) -> Edition:
    """Gather all that a mail is made from."""
    store, config = shop.store, shop.config
    since = await store.read(ledger.since, channel_name(channel), recipient.id)
    numbers = list(dict.fromkeys([one.story for one in pending] + [one.story for one in amended]))
    told = await store.read(stories.read, numbers, recipient=recipient.id, watchlists=channel.watchlists)
    held = await store.read(ledger.held_back, recipient.id, numbers)
    day = moment - timedelta(days=1)
    near: tuple[Telling, ...] = ()
    if isinstance(channel, Digest):
        near = await store.read(stories.near_misses, channel.watchlists, since or day, NEAR_MISSES)
    zone = ZoneInfo(recipient.timezone)
    names = {source.id: source.name for source in config.sources}
    return Edition(
        channel=channel,
        recipient=recipient,
        watchlists=tuple(one for one in config.watchlists if one.id in channel.watchlists),
        since=since,
        until=moment,
        stories=tuple(_for_reader(_amended(story, amended, held), names, first=since is None) for story in told),
        near_misses=tuple(replace(one, outlet=names.get(one.outlet, one.outlet)) for one in near),
        coverage=await receipt(shop, since or day, moment),
        volume=await _volume(shop, channel, zone, moment),
        next_at=due.next_slot(channel, zone, moment) if isinstance(channel, Digest) else None,
        late=late,
    )


def _amended(story: Story, amended: Sequence[amendments.Amendment], held: frozenset[int]) -> Story:
    """Say what became of what this reader was told, and what an alert would have told."""
    its = {one.article: one for one in amended if one.story == story.id}
    changes = {article: one.changes for article, one in its.items()}
    tellings = tuple(
        replace(one, changes=changes.get(one.article_id, ()), held=one.article_id in held and not one.told)
        for one in story.tellings
    )
    if any(one.kind == amendments.RETRACTED for one in its.values()):
        return replace(story, tellings=tellings, status=Status.RETRACTED)
    return replace(story, tellings=tellings, status=Status.UPDATE if its else story.status)


def _for_reader(story: Story, names: dict[str, str], *, first: bool) -> Story:
    """Give outlets their names. To a reader who never had a digest, what a new source brought is simply news."""
    tellings = (replace(one, outlet=names.get(one.outlet, one.outlet)) for one in story.tellings)
    return replace(story, tellings=tuple(replace(one, baseline=False) if first else one for one in tellings))


async def _volume(shop: Shop, channel: Digest | Alert, zone: ZoneInfo, moment: datetime) -> tuple[tuple[str, int], ...]:
    """Count the subject's flags per local day over the last month."""
    since = moment - timedelta(days=VOLUME_DAYS)
    found = await shop.store.read(stories.volume, channel.watchlists, since)
    counts = Counter(one.astimezone(zone).date() for one in found)
    today = moment.astimezone(zone).date()
    days = [today - timedelta(days=back) for back in reversed(range(VOLUME_DAYS))]
    return tuple((day.isoformat(), counts[day]) for day in days)


async def receipt(shop: Shop, since: datetime, until: datetime) -> Coverage:
    """Say what was read in a window, and which sources are failing or silent."""
    names = {source.id: source.name for source in shop.config.sources}
    judged = await healths(shop, until)
    number, languages = await shop.store.read(read_between, since, until)
    asked = await shop.store.read(sources.attempts, since)
    read = [name for name in names if any(one.result.answered for one in asked.get(name, ()))]
    return Coverage(
        sources=len(names),
        read=len(read),
        articles=number,
        languages=languages,
        failing=_named(judged, names, health.State.FAILING),
        silent=_named(judged, names, health.State.SILENT),
    )


def _named(judged: dict[str, health.Health], names: dict[str, str], state: health.State) -> tuple[tuple[str, str], ...]:
    return tuple((names[source], one.why) for source, one in judged.items() if one.state is state)


async def healths(shop: Shop, moment: datetime) -> dict[str, health.Health]:
    """Judge every configured source by its own history, one at a time: a month of a thousand is a million polls."""
    since = await shop.store.read(sources.known_since)
    pages = await shop.store.read(vitals.histories)
    judged = {}
    for name in (source.id for source in shop.config.sources):
        history = await shop.store.read(sources.history, name, moment - sources.POLLS_KEPT)
        layout = drift.layout_changed(pages.get(name, ()))
        judged[name] = health.verdict(history, moment, since.get(name), layout)
    return judged


async def deliver(shop: Shop, transport: Transport, *, everything: bool = False) -> Counter[str]:
    """Try every message that is due, or `everything` that waits; each ends sent, waiting for its next try, or parked.

    Returns how many ended how.
    """
    ends: Counter[str] = Counter()
    moment = None if everything else now()
    last = 0
    while waiting := await shop.store.read(ledger.to_send, moment, SEND_AT_ONCE, after=last):
        last = waiting[-1].id
        for queued in waiting:
            ends[await _deliver_one(shop, transport, queued)] += 1
    return ends


async def _deliver_one(shop: Shop, transport: Transport, queued: ledger.Queued) -> str:
    await shop.store.write(ledger.sending, queued.id)
    return await _settle(shop, queued, await in_daemon_thread(transport, queued.message))


async def _settle(shop: Shop, queued: ledger.Queued, delivery: Delivery) -> str:
    moment = now()
    attempts = queued.attempts + 1
    mail = {"recipient": queued.message.recipient, "subject": queued.message.subject, "detail": delivery.detail}
    if delivery.result is Sent.DELIVERED:
        await shop.store.write(ledger.sent, queued.id, delivery.detail, moment)
        log.info("mail sent", **mail)
        return "sent"
    if delivery.result is Sent.PERMANENT or due.worn_out(queued.created, moment):
        await shop.store.write(ledger.park, queued.id, delivery.detail, moment)
        log.error("mail given up", **mail)
        return "parked"
    state = "unknown" if delivery.result is Sent.UNKNOWN else "queued"
    next_try = due.retry_at(attempts, moment, random.random())  # noqa: S311 - jitter, no secret
    await shop.store.write(ledger.again, queued.id, state, delivery.detail, next_try)
    log.warning("mail not sent yet", next_try=next_try.isoformat(), **mail)
    return state


async def in_daemon_thread(transport: Transport, message: Message) -> Delivery:
    """Deliver in a thread that cannot hold up the exit: a server that stalls is left behind, its end unknown."""
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[Delivery] = loop.create_future()

    def settle(delivery: Delivery) -> None:
        if not ended.done():
            ended.set_result(delivery)

    def work() -> None:
        try:
            delivery = transport.deliver(message)
        except Exception as error:  # noqa: BLE001 - a transport never raises; should one, the mail waits
            delivery = Delivery(message.message_id, Sent.UNKNOWN, f"the transport failed: {error!r}")
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, delivery)

    threading.Thread(target=work, name="mail", daemon=True).start()
    return await ended


async def maintain(shop: Shop) -> None:
    """Forget what nothing needs any more; what was seen is remembered for ever."""
    await shop.store.write(sources.prune_polls, now())
    await shop.store.write(furniture.forget, now())
    forgotten = await shop.store.write(articles.forget_texts, now() - shop.config.keep.text)
    if forgotten:
        log.info("texts forgotten", articles=forgotten, older_than=str(shop.config.keep.text))
