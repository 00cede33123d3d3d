"""What a site repeats on its pages, by fingerprint of the text block: learned from pages stored, forgotten in time."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from monitor.store.rows import insert
from monitor.store.tables import blocks

# A block on this many different articles of one site is no part of any of them.
REPEATED = 3
FORGOTTEN_AFTER = timedelta(days=14)

# Fingerprints are unsigned 64-bit numbers, the databases' integers signed ones.
_SIGN, _SPAN = 1 << 63, 1 << 64


def repeated(connection: Connection, site: str) -> frozenset[int]:
    """Return the fingerprints of the blocks that a site repeats."""
    rows = connection.execute(select(blocks.c.block).where(blocks.c.site == site, blocks.c.pages >= REPEATED))
    return frozenset(row.block % _SPAN for row in rows)


def learn(connection: Connection, site: str, counts: Mapping[int, int], now: datetime) -> None:
    """Add on how many new articles' pages each block stood."""
    if not counts:
        return
    statement = insert(connection, blocks)
    statement = statement.on_conflict_do_update(
        index_elements=["site", "block"],
        set_={"pages": blocks.c.pages + statement.excluded.pages, "seen": statement.excluded.seen},
    )
    connection.execute(
        statement,
        [{"site": site, "block": _signed(block), "pages": count, "seen": now} for block, count in counts.items()],
    )


def forget(connection: Connection, now: datetime) -> None:
    """Forget blocks that no page has shown for long: the site's layout has changed."""
    connection.execute(delete(blocks).where(blocks.c.seen < now - FORGOTTEN_AFTER))


def _signed(block: int) -> int:
    return block - _SPAN if block >= _SIGN else block
