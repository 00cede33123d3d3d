"""Commands about mail: digest (compose now, or preview) and outbox (the ledger)."""

import asyncio
import contextlib
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.app import DEFAULT_CONFIG, ConfigOption, JsonOption
from monitor.errors import MonitorError

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.records import Digest
    from monitor.store.ledger import Queued


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command()(digest)
    app.command()(outbox)


def digest(
    name: Annotated[str | None, typer.Argument(help="Which digest; all of them without.", metavar="[ID]")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    preview: Annotated[
        Path | None, typer.Option(help="Write the mail here (.html, .txt or .eml) and send nothing.", metavar="FILE")
    ] = None,
) -> None:
    """Compose now what is owed and not yet told, whatever the schedule says, and send it."""
    from monitor import ready

    loaded = ready.load(config)
    chosen = _chosen(loaded, name)
    if preview is not None:
        _write(asyncio.run(_preview(loaded, chosen[0])), preview)
        print(f"preview: {preview}")
        return
    ends = asyncio.run(_send(loaded, chosen))
    print(f"mails: {', '.join(f'{count} {end}' for end, count in sorted(ends.items())) or 'nothing to tell'}")


def _chosen(config: "Config", name: str | None) -> "tuple[Digest, ...]":
    chosen = tuple(one for one in config.digests if name in (None, one.id))
    if not chosen:
        known = ", ".join(one.id for one in config.digests) or "none"
        raise MonitorError(f"no digest {name!r} in {config.path}; there is: {known}")
    return chosen


async def _send(config: "Config", chosen: "tuple[Digest, ...]") -> dict[str, int]:
    import logging

    from monitor import daemon, rounds
    from monitor.cli import show
    from monitor.store import Store

    show.logs(json_lines=False, level=logging.WARNING)
    store = Store.open(config.data)
    try:
        async with daemon.shop(config, store) as shop:
            recipients = {recipient.id: recipient for recipient in config.recipients}
            for one in chosen:
                for recipient in one.to:
                    await rounds.compose_now(shop, one, recipients[recipient], rounds.now())
            return dict(await rounds.deliver(shop, daemon.mail_transport(config), everything=True))
    finally:
        store.close()


async def _preview(config: "Config", chosen: "Digest") -> bytes:
    """Return the mail the digest's first recipient would get now; the sample where nothing waits. Nothing is noted."""
    from monitor import rounds
    from monitor.daemon import PRELOAD
    from monitor.store import Store
    from monitor.workers import Workers

    workers = Workers(1, preload=PRELOAD)
    recipient = next(one for one in config.recipients if one.id == chosen.to[0])
    try:
        if not Store.exists(config.data):
            return (await rounds.preview_sample(config, workers, chosen, recipient)).raw
        with contextlib.closing(Store.look(config.data)) as store:
            shop = rounds.Shop(config, store, workers)
            return (await rounds.preview(shop, chosen, recipient, moment=datetime.now(UTC))).raw
    finally:
        workers.stop()


def _write(raw: bytes, file: Path) -> None:
    """Write a mail whole, or its HTML or text part, as the file's ending asks."""
    if file.suffix == ".eml":
        file.write_bytes(raw)
        return
    wanted = "plain" if file.suffix == ".txt" else "html"
    part = message_from_bytes(raw, policy=policy.default).get_body((wanted,))
    assert part is not None
    file.write_text(part.get_content(), encoding="utf-8")


def outbox(
    config: ConfigOption = DEFAULT_CONFIG,
    show_bytes: Annotated[int | None, typer.Option("--show", help="Print a mail's bytes.", metavar="NUMBER")] = None,
    as_json: JsonOption = False,
) -> None:
    """List every mail of the ledger and how its delivery stands."""
    import sys

    from monitor.cli import show
    from monitor.config import load
    from monitor.store import Store, ledger

    store = Store.look(load(config).data)
    try:
        mails = store.read_now(ledger.listed)
        found = store.read_now(ledger.one, show_bytes) if show_bytes is not None else None
    finally:
        store.close()
    if show_bytes is not None:
        if found is None:
            raise MonitorError(f"there is no mail number {show_bytes}")
        sys.stdout.buffer.write(found.message.raw)
    elif as_json:
        show.as_json([_row(mail) for mail in mails])
    else:
        columns = ("number", "state", "to", "channel", "composed", "tries", "next try", "subject", "detail")
        show.table("", columns, [_cells(mail) for mail in mails])


def _row(mail: "Queued") -> dict[str, Any]:
    return {
        "number": mail.id,
        "state": mail.state,
        "message_id": mail.message.message_id,
        "to": mail.message.address,
        "channel": mail.channel,
        "subject": mail.message.subject,
        "composed": mail.created,
        "tries": mail.attempts,
        "next_try": mail.next_try,
        "ended": mail.ended,
        "detail": mail.detail,
    }


def _cells(mail: "Queued") -> tuple[object, ...]:
    row = _row(mail)
    moments = [f"{row[key]:%Y-%m-%d %H:%M}" if row[key] else "" for key in ("composed", "next_try")]
    return (
        mail.id,
        mail.state,
        row["to"],
        mail.channel,
        moments[0],
        mail.attempts,
        moments[1],
        row["subject"],
        mail.detail,
    )
