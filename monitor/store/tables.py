"""The tables, once, for SQLite and PostgreSQL. What changes here needs a migration beside it."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    true,
)


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC without zone, so that both databases sort and compare it alike."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse a naive moment: its meaning would change with the machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without zone cannot be stored: {value!r}")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give back what was stored, in UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


metadata = MetaData()

# A source as it does, beside what config.yaml says of it. `baseline` is when its first crawl ended: what was found
# until then is told without haste.
sources = Table(
    "sources",
    metadata,
    Column("id", String, primary_key=True),
    Column("next_due", Moment, nullable=False),
    Column("added", Moment, nullable=False),
    Column("baseline", Moment),
    Column("last_started", Moment),
    Column("last_ended", Moment),
)

# One address that lists articles, with our own validators. `origin` says how we know it: "config", "looked for" (the
# config names none for its source), or "index" (a part of a sitemap index; asked for only when the index names it).
listings = Table(
    "listings",
    metadata,
    Column("source", String, primary_key=True),
    Column("url", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("origin", String, nullable=False),
    Column("etag", String, nullable=False, default=""),
    Column("last_modified", String, nullable=False, default=""),
    Column("polls", Integer, nullable=False, default=0),
    Column("since_full", Integer, nullable=False, default=0),
    Column("lies", Boolean, nullable=False, default=False),
    Column("checked", Moment),
    Column("changed", Moment),
    Column("newest", Moment),
    Column("failures", Integer, nullable=False, default=0),
)

# What each poll of a listing gave: the history that health is judged by. Pruned.
polls = Table(
    "polls",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String, nullable=False),
    Column("url", String, nullable=False),
    Column("at", Moment, nullable=False),
    Column("result", String, nullable=False),
    Column("detail", Text, nullable=False, default=""),
    Column("items", Integer, nullable=False, default=0),
    Column("new", Integer, nullable=False, default=0),
    Column("newest", Moment),
    Index("polls_by_source", "source", "at"),
    Index("polls_by_time", "at"),
)

# What the operator heard last of each source: its state, and since when. No row: nothing but good.
told = Table(
    "told",
    metadata,
    Column("source", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("at", Moment, nullable=False),
)

# What an origin said in its robots.txt; no text where it could not be had, and then nothing may be fetched.
robots = Table(
    "robots",
    metadata,
    Column("origin", String, primary_key=True),
    Column("text", Text),
    Column("until", Moment, nullable=False),
)

# Until when a registrable host asked to be left alone.
holds = Table(
    "holds",
    metadata,
    Column("host", String, primary_key=True),
    Column("until", Moment, nullable=False),
)

# Every address ever told of. Exactly one fate each; `due` is when a pending one is fetched next, or a stored one
# looked at again.
addresses = Table(
    "addresses",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("identity", String, nullable=False, unique=True),
    Column("url", String, nullable=False),
    Column("source", String, nullable=False),
    Column("entry", JSON, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("fate", String, nullable=False),
    Column("reason", String, nullable=False, default=""),
    Column("attempts", Integer, nullable=False, default=0),
    Column("fetches", Integer, nullable=False, default=0),
    Column("due", Moment),
    Column("etag", String, nullable=False, default=""),
    Column("last_modified", String, nullable=False, default=""),
    Column("article", Integer, ForeignKey("articles.id")),
    Column("baseline", Boolean, nullable=False, default=False),
    Index("addresses_due", "source", "due"),
    Index("addresses_fate", "fate"),
)

# `published` and `modified` are ISO 8601 text: they may lack an offset, and that is part of what is known.
# `matched` is when the watchlists last read this version; NULL until then.
articles = Table(
    "articles",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("identity", String, nullable=False, unique=True),
    Column("source", String, nullable=False),
    Column("url", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("authors", JSON, nullable=False),
    Column("published", String),
    Column("modified", String),
    Column("language", String),
    Column("credited", JSON, nullable=False),
    Column("marks", JSON, nullable=False),
    Column("origins", JSON, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("fetched", Moment, nullable=False),
    Column("version", Integer, nullable=False, default=1),
    Column("baseline", Boolean, nullable=False, default=False),
    Column("gone", Moment),
    Column("matched", Moment),
    Column("sketch", LargeBinary),
    Index("articles_unmatched", "matched"),
    Index("articles_by_source", "source", "fingerprint"),
    Index("articles_by_age", "first_seen"),
)

# What an article said before it was changed; `compared` once it is known what the change did to its figures.
versions = Table(
    "versions",
    metadata,
    Column("article", Integer, ForeignKey("articles.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("fetched", Moment, nullable=False),
    Column("compared", Boolean, nullable=False, default=False, server_default=true()),
)

# Blocks of text that a site's pages carry, by fingerprint: what many pages share is furniture.
blocks = Table(
    "blocks",
    metadata,
    Column("site", String, primary_key=True),
    Column("block", BigInteger, primary_key=True, autoincrement=False),
    Column("pages", Integer, nullable=False),
    Column("seen", Moment, nullable=False),
)

# What each page of a source gave when it was read, in figures: by them a changed layout is noticed. Pruned.
vitals = Table(
    "vitals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String, nullable=False),
    Column("at", Moment, nullable=False),
    Column("length", Integer, nullable=False),
    Column("share", Float, nullable=False),
    Column("titled", Boolean, nullable=False),
    Column("dated", Boolean, nullable=False),
    Index("vitals_by_source", "source", "id"),
)

# A watchlist's verdict on an article; `passed` is false for a near miss. `update` marks one that an edit of the
# article brought.
flags = Table(
    "flags",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("article", Integer, ForeignKey("articles.id"), nullable=False),
    Column("watchlist", String, nullable=False),
    Column("score", Float, nullable=False),
    Column("passed", Boolean, nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("parts", JSON, nullable=False),
    Column("concepts", JSON, nullable=False),
    Column("found", Moment, nullable=False),
    Column("baseline", Boolean, nullable=False, default=False),
    Column("update", Boolean, nullable=False, default=False),
    UniqueConstraint("article", "watchlist"),
    Index("flags_by_watchlist", "watchlist", "found"),
)

stories = Table(
    "stories",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("begun", Moment, nullable=False),
)

# Which story an article belongs to, for good: an article joins once and never moves.
members = Table(
    "members",
    metadata,
    Column("article", Integer, ForeignKey("articles.id"), primary_key=True),
    Column("story", Integer, ForeignKey("stories.id"), nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("joined", Moment, nullable=False),
    Index("members_by_story", "story"),
)

# One row for each time a digest was due: that it exists is why nothing is sent twice.
slots = Table(
    "slots",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("channel", String, nullable=False),
    Column("recipient", String, nullable=False),
    Column("local_date", String, nullable=False),
    Column("local_time", String, nullable=False),
    Column("moment", Moment, nullable=False),
    Column("made", Moment, nullable=False),
    Column("result", String, nullable=False),
    UniqueConstraint("channel", "recipient", "local_date", "local_time"),
    Index("slots_by_recipient", "channel", "recipient", "moment"),
)

# A mail with its final bytes. States: queued, sending, sent, unknown, parked.
messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("message_id", String, nullable=False, unique=True),
    Column("channel", String, nullable=False),
    Column("recipient", String, nullable=False),
    Column("address", String, nullable=False),
    Column("slot", Integer, ForeignKey("slots.id")),
    Column("subject", Text, nullable=False),
    Column("date", Moment, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("next_try", Moment),
    Column("detail", Text, nullable=False, default=""),
    Column("created", Moment, nullable=False),
    Column("ended", Moment),
    Index("messages_due", "state", "next_try"),
)

# What is owed: each flag, to each recipient, by each channel. States: pending, delivered, parked.
# `message` is the mail that tells it, from the moment it is composed.
owed = Table(
    "owed",
    metadata,
    Column("flag", Integer, ForeignKey("flags.id"), primary_key=True),
    Column("recipient", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("message", Integer, ForeignKey("messages.id")),
    Column("since", Moment, nullable=False),
    Index("owed_pending", "recipient", "channel", "state"),
    Index("owed_by_message", "message"),
)

# Which recipient follows which watchlist by which channel, since when.
subscriptions = Table(
    "subscriptions",
    metadata,
    Column("channel", String, primary_key=True),
    Column("recipient", String, primary_key=True),
    Column("watchlist", String, primary_key=True),
    Column("since", Moment, nullable=False),
)

# What became of an article after a recipient was told of it: "retracted" (version 0), or "changed" since a version.
# States as of what is owed.
amendments = Table(
    "amendments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("article", Integer, ForeignKey("articles.id"), nullable=False),
    Column("kind", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("recipient", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("changes", JSON, nullable=False),
    Column("state", String, nullable=False),
    Column("message", Integer, ForeignKey("messages.id")),
    Column("since", Moment, nullable=False),
    UniqueConstraint("article", "kind", "version", "recipient"),
    Index("amendments_pending", "recipient", "channel", "state"),
    Index("amendments_by_message", "message"),
)
