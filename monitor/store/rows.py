"""Records to columns and back. The JSON here is the store's own, never shown."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from monitor.records import Article, Credit, Entry, Evidence, Flag
from monitor.store import tables


def insert(connection: Connection, table: Any) -> Any:
    """Return an INSERT that knows ON CONFLICT, for whichever database this is."""
    return (postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert)(table)


def iso(moment: datetime | None) -> str | None:
    """Spell a publisher's moment, with its offset only where it has one."""
    return None if moment is None else moment.isoformat()


def from_iso(text: str | None) -> datetime | None:
    """Read it back."""
    return None if text is None else datetime.fromisoformat(text)


def entry_row(entry: Entry) -> dict[str, Any]:
    """Keep what a listing said, without what it left empty."""
    row = {
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        "text": entry.text,
        "guid": entry.guid,
        "language": entry.language,
        "authors": list(entry.authors),
        "published": iso(entry.published),
        "updated": iso(entry.updated),
    }
    return {key: value for key, value in row.items() if value}


def entry_of(row: dict[str, Any]) -> Entry:
    """Read it back."""
    told = {key: value for key, value in row.items() if key in Entry.__dataclass_fields__}
    return Entry(
        **told
        | {
            "authors": tuple(row.get("authors", ())),
            "published": from_iso(row.get("published")),
            "updated": from_iso(row.get("updated")),
        }
    )


def article_row(article: Article) -> dict[str, Any]:
    """Give the columns that an article fills."""
    return {
        "source": article.source,
        "url": article.url,
        "title": article.title,
        "text": article.text,
        "summary": article.summary,
        "authors": list(article.authors),
        "published": iso(article.published),
        "modified": iso(article.modified),
        "language": article.language,
        "credited": [[credit.name, credit.url] for credit in article.credited],
        "marks": list(article.marks),
        "origins": [list(pair) for pair in article.origins],
    }


ARTICLE = tuple(tables.articles.c[name] for name in article_row(Article("")))


def article_of(row: Any) -> Article:
    """Read an article from a row that has the columns of ARTICLE."""
    return Article(
        url=row.url,
        title=row.title,
        text=row.text,
        summary=row.summary,
        authors=tuple(row.authors),
        published=from_iso(row.published),
        modified=from_iso(row.modified),
        language=row.language,
        credited=tuple(Credit(name, url) for name, url in row.credited),
        marks=tuple(row.marks),
        origins=tuple((where, what) for where, what in row.origins),
        source=row.source,
    )


def flag_row(flag: Flag) -> dict[str, Any]:
    """Give the columns that a flag fills."""
    return {
        "watchlist": flag.watchlist,
        "score": flag.score,
        "passed": flag.passed,
        "evidence": [[evidence.text, list(evidence.terms)] for evidence in flag.evidence],
        "parts": [list(part) for part in flag.parts],
        "concepts": list(flag.concepts),
    }


def flag_of(row: Any) -> Flag:
    """Read a flag from a row of the table of flags."""
    return Flag(
        watchlist=row.watchlist,
        score=row.score,
        evidence=tuple(Evidence(text, tuple(terms)) for text, terms in row.evidence),
        passed=row.passed,
        parts=tuple((name, share) for name, share in row.parts),
        concepts=tuple(row.concepts),
    )
