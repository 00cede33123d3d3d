"""Letter → Message: the final bytes, with headers that are parsed back and compared before anyone may send them.

The same letter, edition and envelope give the same bytes: a retry after a doubtful answer is a copy that can be
recognised.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from urllib.parse import quote

from monitor import product
from monitor.digest.building import SUBJECT
from monitor.digest.headers import inert_words, mail_policy
from monitor.digest.transfer import encoding
from monitor.errors import MonitorError, Refused
from monitor.records import Alert, Edition, Letter, Message

_NO_SLUG = re.compile(r"[^a-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a letter needs to become a message.

    `sender` is the From address, `host` the domain of the Message-ID and the List-Id, `date` aware. `key` names this
    mail for ever ("digest/morning/2026-11-24"): the same key and recipient give the same Message-ID. `references` are
    the Message-IDs of the mails this one continues, oldest first.
    """

    sender: str
    host: str
    date: datetime
    key: str
    references: tuple[str, ...] = ()


def seal(letter: Letter, edition: Edition, envelope: Envelope) -> Message:
    """Return the message of a letter to the edition's recipient.

    Raises Refused where an address cannot stand in a header, MonitorError where the bytes parsed back differ from
    what was meant; then nothing may be sent.
    """
    recipient = edition.recipient
    subject = inert_words(letter.subject, SUBJECT)
    message_id = _message_id(edition, envelope)
    headers = _headers(edition, envelope, subject, message_id)
    message = EmailMessage(policy=mail_policy())
    for name, value in headers:
        message[name] = value
    _fill(message, letter, sha256(message_id.encode()).hexdigest())
    raw = message.as_bytes()
    _verify(raw, headers, letter)
    return Message(message_id, recipient.id, recipient.email, subject, envelope.date, raw)


def references(edition: Edition) -> tuple[str, ...]:
    """Return the Message-IDs of the mails this one continues: of an alert about a story told before, its first mail.

    A digest continues none: mail programs would pile up all mornings in one thread.
    """
    if not isinstance(edition.channel, Alert) or len(edition.stories) != 1:
        return ()
    root = edition.stories[0].root_message_id
    return (root,) if root else ()


def _headers(
    edition: Edition, envelope: Envelope, subject: str, message_id: str
) -> tuple[tuple[str, str | Address], ...]:
    sender = _address(envelope.sender, product.TITLE)
    channel = edition.channel
    goodbye = quote(f"unsubscribe {channel.id} {edition.recipient.id}")
    headers: list[tuple[str, str | Address]] = [
        ("From", sender),
        ("To", _address(edition.recipient.email)),
        ("Subject", subject),
        ("Date", format_datetime(envelope.date)),
        ("Message-ID", message_id),
    ]
    if envelope.references:
        headers += [("In-Reply-To", envelope.references[-1]), ("References", " ".join(envelope.references))]
    return (
        *headers,
        ("Auto-Submitted", "auto-generated"),
        # Exchange answers with out-of-office notes unless told not to; old vacation programs read Precedence.
        ("X-Auto-Response-Suppress", "All"),
        ("Precedence", "bulk"),
        ("List-Id", f"<{_slug(channel.id)}.{product.NAME}.{_domain(envelope.host)}>"),
        ("List-Unsubscribe", f"<mailto:{sender.addr_spec}?subject={goodbye}>"),
    )


def _address(address: str, name: str = "") -> Address:
    """Return an address whose domain is ASCII. Raises Refused for what is none, or needs SMTPUTF8."""
    local, _, domain = address.rpartition("@")
    try:
        return Address(display_name=name, addr_spec=f"{local}@{_domain(domain)}")
    except (ValueError, MessageError, IndexError) as error:
        raise Refused("address", f"{address!r} cannot be written to: {error}") from error


def _domain(name: str) -> str:
    try:
        return name.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise Refused("address", f"{name!r} is no domain: {error}") from error


def _message_id(edition: Edition, envelope: Envelope) -> str:
    """Return the id that a mail has for ever; the recipient is in it, but nobody can read who."""
    kind = "alert" if isinstance(edition.channel, Alert) else "digest"
    mark = sha256(f"{envelope.key}\0{edition.recipient.id}\0{edition.recipient.email}".encode()).hexdigest()[:32]
    return f"<{kind}.{_slug(edition.channel.id)}.{mark}@{_domain(envelope.host)}>"


def _slug(name: str) -> str:
    """Return a name as one label of a domain; one without any Latin letter is told by its hash."""
    slug = _NO_SLUG.sub("-", name.lower()).strip("-")[:40]
    return slug if slug and slug == name.lower() else f"{slug}-{sha256(name.encode()).hexdigest()[:8]}".lstrip("-")


def _fill(message: EmailMessage, letter: Letter, mark: str) -> None:
    """Add the text and, after it, the HTML, each in the transfer encoding that is shortest for it."""
    message.set_content(_lines(letter.text), charset="utf-8", cte=encoding(_lines(letter.text)))
    message.add_alternative(_lines(letter.html), subtype="html", charset="utf-8", cte=encoding(_lines(letter.html)))
    # A boundary of random digits would make every retry another mail. Neither encoding can hold "=_".
    message.set_boundary(f"=_{mark[:32]}")


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n"


def _verify(raw: bytes, headers: tuple[tuple[str, str | Address], ...], letter: Letter) -> None:
    """Parse the bytes as a mail program would and compare: the headers that were meant, no others, and two bodies."""
    parsed = message_from_bytes(raw, _class=EmailMessage, policy=mail_policy())
    meant = {name: str(value) for name, value in headers}
    found = [(name, str(value)) for name, value in parsed.items()]
    ours = [(name, value) for name, value in found if name not in ("MIME-Version", "Content-Type")]
    if len(found) != len(meant) + 2 or dict(ours) != meant:
        raise MonitorError(
            f"The headers of a mail to {meant['To']} came out as others than were meant; it is not sent."
        )
    parts = [(part.get_content_type(), _lines(part.get_content())) for part in parsed.iter_parts()]
    if parts != [("text/plain", _lines(letter.text)), ("text/html", _lines(letter.html))]:
        raise MonitorError(f"The text of a mail to {meant['To']} came out as another than was meant; it is not sent.")
