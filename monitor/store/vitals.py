"""What each source's pages gave when they were read, in figures: the history by which a changed layout is noticed."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import Connection, delete, select

from monitor.drift import Vitals
from monitor.store.tables import vitals

# Enough for a steady judgement, and few enough that a layout that stays changed becomes the history in time.
KEPT = 100


def note(connection: Connection, source: str, pages: Sequence[Vitals]) -> None:
    """Add a source's newest pages, oldest first, and forget all but its last KEPT."""
    if not pages:
        return
    connection.execute(vitals.insert(), [{"source": source, **asdict(page)} for page in pages])
    newest = select(vitals.c.id).where(vitals.c.source == source).order_by(vitals.c.id.desc()).limit(KEPT)
    connection.execute(delete(vitals).where(vitals.c.source == source, vitals.c.id.not_in(newest)))


def histories(connection: Connection) -> dict[str, tuple[Vitals, ...]]:
    """Return what is known of each source's pages, oldest first."""
    found: dict[str, list[Vitals]] = {}
    for row in connection.execute(select(vitals).order_by(vitals.c.id)):
        page = Vitals(row.at, row.length, row.share, titled=row.titled, dated=row.dated)
        found.setdefault(row.source, []).append(page)
    return {source: tuple(pages) for source, pages in found.items()}
