"""From validated entries to the records of the other rooms."""

from collections.abc import Mapping
from pathlib import Path

from monitor.config import model, values
from monitor.config.record import Config, FetchConfig, Keep, MailConfig, WebConfig
from monitor.records import Alert, Concept, Digest, Kind, Listing, Recipient, Source, Watchlist

_PORTS = {model.Tls.STARTTLS: 587, model.Tls.IMPLICIT: 465, model.Tls.NONE: 25}


def config(
    entries: model.ConfigFile,
    path: Path,
    fingerprint: str,
    places: Mapping[tuple[str | int, ...], tuple[int, int]],
) -> Config:
    """Return the `Config` of a valid file; relative paths in it are beside the file."""
    beside = path.absolute().parent
    return Config(
        path=path,
        fingerprint=fingerprint,
        sources=tuple(_source(key, entry, beside) for key, entry in entries.sources.items()),
        watchlists=tuple(_watchlist(key, entry) for key, entry in entries.watchlists.items()),
        recipients=tuple(Recipient(key, **dict(entry)) for key, entry in entries.recipients.items()),
        digests=tuple(_digest(key, entry) for key, entry in entries.digests.items()),
        alerts=tuple(Alert(key, **dict(entry)) for key, entry in entries.alerts.items()),
        mail=_mail(entries.mail, beside),
        fetch=FetchConfig(**dict(entries.fetch)),
        keep=Keep(**dict(entries.keep)),
        web=WebConfig(**dict(entries.web)),
        concepts=tuple(_concept(key, forms) for key, forms in entries.concepts.items()),
        data=_beside(beside, entries.data),
        templates=_beside(beside, entries.templates) if entries.templates else None,
        operator=entries.operator,
        places=places,
    )


def _source(key: str, entry: model.SourceEntry, beside: Path) -> Source:
    listings = [
        *(Listing(Kind.FEED, url) for url in entry.feeds),
        *(Listing(Kind.SITEMAP, url) for url in entry.sitemaps),
        *(Listing(Kind.FRONT_PAGE, url) for url in entry.front_pages),
    ]
    return Source(
        id=key,
        name=entry.name or key,
        url=entry.url,
        listings=tuple(listings),
        language=entry.language,
        every=entry.every,
        spacing=entry.spacing,
        allow_private=entry.allow_private,
        headers=tuple(entry.headers.items()),
        user=entry.user,
        password_file=_beside(beside, entry.password_file) if entry.password_file else None,
    )


def _watchlist(key: str, entry: model.WatchlistEntry) -> Watchlist:
    fields = dict(entry) | {"name": entry.name or key, "sides": tuple(entry.all.items())}
    del fields["all"]
    return Watchlist(id=key, **fields)


def _digest(key: str, entry: model.DigestEntry) -> Digest:
    return Digest(id=key, **dict(entry) | {"at": tuple(sorted(set(entry.at)))})


def _concept(key: str, forms: Mapping[str, tuple[str, ...]]) -> Concept:
    return Concept(
        key, tuple(("" if language == values.ANY_LANGUAGE else language, lines) for language, lines in forms.items())
    )


def _mail(entry: model.MailEntry, beside: Path) -> MailConfig:
    return MailConfig(
        transport=entry.transport,
        host=entry.host or "",
        port=entry.port or _PORTS[entry.tls],
        tls=entry.tls,
        ca_file=_beside(beside, entry.ca_file) if entry.ca_file else None,
        user=entry.user,
        password_file=_beside(beside, entry.password_file) if entry.password_file else None,
        sender=entry.sender or values.sender_of(entry.user) or MailConfig().sender,
    )


def _beside(folder: Path, name: str) -> Path:
    """Return an absolute path: beside the file, under the home folder (`~/…`), or as it stands."""
    return folder / Path(name).expanduser()
