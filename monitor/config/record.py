"""The configuration as the rooms use it: frozen records, every name resolved, every path absolute."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from monitor.config.model import MailTransport, Tls
from monitor.config.tree import dotted
from monitor.errors import Fault
from monitor.records import Alert, Concept, Digest, Recipient, Source, Watchlist

# The password of the mail server, where no password_file is named.
MAIL_PASSWORD_VARIABLE = "MONITOR_MAIL_PASSWORD"  # noqa: S105 - the name of a variable, not a password


@dataclass(frozen=True, slots=True)
class MailConfig:
    """How mail leaves. `sender` is the address it comes from.

    The password is in no record: the outbox reads it from `password_file`, else from MONITOR_MAIL_PASSWORD, when it
    logs in.
    """

    transport: MailTransport = MailTransport.FOLDER
    host: str = ""
    port: int = 587
    tls: Tls = Tls.STARTTLS
    ca_file: Path | None = None
    user: str | None = None
    password_file: Path | None = None
    sender: str = "news-monitor@localhost"


@dataclass(frozen=True, slots=True)
class FetchConfig:
    """How pages are asked for: `contact` stands in the User-Agent, `proxy` is an http(s) address."""

    contact: str | None = None
    proxy: str | None = None


@dataclass(frozen=True, slots=True)
class Keep:
    """How long the text of articles is kept; what was seen is remembered for ever."""

    text: timedelta = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class WebConfig:
    """Where health and metrics are served, as (host, port); None is nowhere."""

    listen: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """One config.yaml, whole and valid in itself.

    Whether its patterns compile, its concepts exist and its examples hold is for `ready` to find out, which reports it
    with `fault`. `data` and `templates` are absolute. `fingerprint` is the SHA-256 of the file's bytes, in hex.
    """

    path: Path
    fingerprint: str
    sources: tuple[Source, ...]
    watchlists: tuple[Watchlist, ...]
    data: Path
    recipients: tuple[Recipient, ...] = ()
    digests: tuple[Digest, ...] = ()
    alerts: tuple[Alert, ...] = ()
    mail: MailConfig = MailConfig()
    fetch: FetchConfig = FetchConfig()
    keep: Keep = Keep()
    web: WebConfig = WebConfig()
    concepts: tuple[Concept, ...] = ()
    templates: Path | None = None
    operator: str | None = None
    places: Mapping[tuple[str | int, ...], tuple[int, int]] = field(default_factory=dict, repr=False, compare=False)

    def place(self, *keys: str | int) -> tuple[int, int]:
        """Return line and column, from 1, of a value: `place("watchlists", "lithium", "any", 3)` is its fourth term.

        Where the key is not in the file, the place of what would hold it.
        """
        while keys and keys not in self.places:
            keys = keys[:-1]
        return self.places.get(keys, (1, 1))

    def fault(self, *keys: str | int, message: str) -> Fault:
        """Return a fault of this file at the place of `keys`."""
        return Fault(str(self.path), *self.place(*keys), dotted(keys), message)
