"""Which keys config.yaml may hold and what each means: the models that validate it and document it.

Values come in as text. What depends on two keys at once stands in `checks`, since pydantic stops asking an entry such
questions as soon as one of its fields is wrong.
"""

from datetime import time, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from monitor.config import values
from monitor.records import Sensitivity, WhenEmpty


class MailTransport(StrEnum):
    """How mail leaves."""

    FOLDER = "folder"
    SMTP = "smtp"


class Tls(StrEnum):
    """How the connection to the mail server is secured."""

    STARTTLS = "starttls"
    IMPLICIT = "implicit"
    NONE = "none"


def _several(value: Any) -> Any:
    """Let one text stand for a list of one."""
    return [value] if isinstance(value, str) else value


def _apart(value: Any) -> Any:
    """Let `mon,wed` and `07:30, 18:00` stand for lists."""
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


Id = Annotated[str, AfterValidator(values.identifier)]
Address = Annotated[str, AfterValidator(values.web_address)]
Addresses = Annotated[tuple[Address, ...], BeforeValidator(_several)]
Names = Annotated[tuple[str, ...], BeforeValidator(_apart)]
SomeNames = Annotated[tuple[str, ...], BeforeValidator(_apart), Field(min_length=1)]
Language = Annotated[str, AfterValidator(values.language)]
Languages = Annotated[tuple[Language, ...], BeforeValidator(_apart)]
Lines = tuple[str, ...]
Clock = Annotated[time, BeforeValidator(values.clock)]
Clocks = Annotated[tuple[Clock, ...], BeforeValidator(_apart), Field(min_length=1)]
Weekdays = Annotated[tuple[int, ...], BeforeValidator(lambda value: values.weekdays(_apart(value)))]
Span = Annotated[timedelta, BeforeValidator(values.span)]
FileName = Annotated[str, Field(min_length=1)]


class Entry(BaseModel):
    """One table of the file. Inputs stay out of messages: a misplaced value may be a secret."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class SourceEntry(Entry):
    """A news site. Where no feeds, sitemaps or front pages are named, they are looked for."""

    name: str = Field(default="", description="how digests call it; the key where absent")
    url: Address = Field(description="the site's address")
    feeds: Addresses = Field(default=(), description="addresses of RSS, Atom or JSON feeds")
    sitemaps: Addresses = Field(default=(), description="addresses of sitemaps, best Google News sitemaps")
    front_pages: Addresses = Field(default=(), description="pages that link to the articles, for sites without feeds")
    language: Language | None = Field(default=None, description="the language of a page that does not say")
    every: Annotated[timedelta | None, BeforeValidator(values.polling)] = Field(
        default=timedelta(minutes=15), description="how often it is asked; auto adapts to how often it publishes"
    )
    spacing: Span = Field(default=timedelta(seconds=5), description="the pause between two requests to one host")
    allow_private: bool = Field(default=False, description="its own hosts may be private or loopback (intranets)")
    headers: dict[
        Annotated[str, AfterValidator(values.header_name)], Annotated[str, AfterValidator(values.header_value)]
    ] = Field(default={}, description="request headers of this source")
    user: str | None = Field(default=None, description="user for HTTP basic authentication")
    password_file: FileName | None = Field(default=None, description="file with the password of that user")


class WatchlistEntry(Entry):
    """A subject. Terms are one a line; `any`: one is enough; `all`: each side, tied together."""

    name: str = Field(default="", description="how digests call it; the key where absent")
    any: Lines = Field(default=(), description="terms of which one is enough")
    all: dict[Id, Lines] = Field(default={}, description="sides that must be tied together, each with its terms")
    about: Names = Field(default=(), description="sets of cue words that name what ties the sides")
    ignore: Lines = Field(default=(), description="struck out of the text before anything is matched")
    unless: Lines = Field(default=(), description="a story that has one of these is not flagged")
    sensitivity: Sensitivity = Field(default=Sensitivity.BALANCED, description="how sure the matcher must be")
    must_match: Lines = Field(
        default=(), description="texts that must be flagged, parted by blank lines; tried at every load"
    )
    must_not_match: Lines = Field(default=(), description="texts that must not be flagged")
    sources: Names = Field(default=(), description="only these sources")
    languages: Languages = Field(default=(), description="only these languages")


class RecipientEntry(Entry):
    """Who gets mail."""

    email: Annotated[str, AfterValidator(values.mail_address)] = Field(description="the mail address")
    timezone: Annotated[str, AfterValidator(values.zone)] = Field(
        default="UTC", description="IANA name, as in Europe/Paris"
    )
    language: Language = Field(default="en", description="the language of the mail's frame")


class DigestEntry(Entry):
    """A regular mail."""

    name: str = Field(default="", description="its name in the subject; the watchlists' names where absent")
    watchlists: SomeNames = Field(description="what it tells of")
    to: SomeNames = Field(description="who gets it")
    at: Clocks = Field(default=(time(7, 30),), description="local times of day, in each recipient's zone")
    days: Weekdays = Field(default=(0, 1, 2, 3, 4, 5, 6), description="weekdays, as in mon-fri or mon,wed")
    when_empty: WhenEmpty = Field(default=WhenEmpty.SKIP, description="what happens when there is no news")
    sources: Names = Field(default=(), description="only stories of these sources")
    languages: Languages = Field(default=(), description="only stories in these languages")


class AlertEntry(Entry):
    """A mail at once, for flags that are nearly certain."""

    name: str = Field(default="", description="its name in the subject")
    watchlists: SomeNames = Field(description="what it tells of")
    to: SomeNames = Field(description="who gets it")
    at_least: float = Field(default=0.9, ge=0, le=1, description="the score a story needs")
    quiet: Annotated[tuple[time, time] | None, BeforeValidator(values.quiet_hours)] = Field(
        default=None, description="local hours in which mail waits, as in 22:00-06:30"
    )


class MailEntry(Entry):
    """How mail leaves: into a folder as .eml files, or by an SMTP server."""

    transport: MailTransport = Field(default=MailTransport.FOLDER, description="folder or smtp")
    host: Annotated[str, AfterValidator(values.host)] | None = Field(default=None, description="the mail server")
    port: int | None = Field(default=None, ge=1, le=65535, description="587, 465 or 25, by tls, where absent")
    tls: Tls = Field(default=Tls.STARTTLS, description="starttls, implicit, or none for a server on this machine")
    ca_file: FileName | None = Field(default=None, description="certificates of a private authority, PEM")
    user: str | None = Field(default=None, description="the login, where the server asks for one")
    password_file: FileName | None = Field(default=None, description="file with its password")
    sender: Annotated[str, AfterValidator(values.mail_address)] | None = Field(
        default=None, alias="from", description="the sender's address; the user where that is one"
    )


class FetchEntry(Entry):
    """How pages are asked for."""

    contact: Annotated[str, AfterValidator(values.contact)] | None = Field(
        default=None, description="mail or web address that stands in the User-Agent"
    )
    proxy: Address | None = Field(default=None, description="HTTP proxy for all requests")


class KeepEntry(Entry):
    """How long things are kept."""

    text: Span = Field(
        default=timedelta(days=400), description="the text of articles; what was seen is remembered for ever"
    )


class WebEntry(Entry):
    """Health and metrics over HTTP."""

    listen: Annotated[tuple[str, int] | None, BeforeValidator(values.loopback)] = Field(
        default=None, description="loopback address and port, as in 127.0.0.1:8080"
    )


class ConfigFile(Entry):
    """The whole file."""

    sources: Annotated[dict[Id, SourceEntry], Field(min_length=1)]
    watchlists: Annotated[dict[Id, WatchlistEntry], Field(min_length=1)]
    recipients: dict[Id, RecipientEntry] = {}
    digests: dict[Id, DigestEntry] = {}
    alerts: dict[Id, AlertEntry] = {}
    concepts: dict[str, dict[Annotated[str, AfterValidator(values.forms_in)], Lines]] = {}
    mail: MailEntry = MailEntry()
    fetch: FetchEntry = FetchEntry()
    keep: KeepEntry = KeepEntry()
    web: WebEntry = WebEntry()
    data: FileName = "data"
    templates: FileName | None = None
    operator: str | None = None
