"""What the operator was told of the sources, kept with the mail that tells it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, select

from monitor.health import State
from monitor.records import Message
from monitor.store.ledger import commit
from monitor.store.rows import insert
from monitor.store.tables import told


def told_of(connection: Connection) -> dict[str, State]:
    """Return what the operator heard last of each source; of the others, nothing but good."""
    return {row.source: State(row.state) for row in connection.execute(select(told.c.source, told.c.state))}


def tell(connection: Connection, message: Message, channel: str, states: Mapping[str, State], now: datetime) -> None:
    """Queue a mail to the operator and remember what it says, in one transaction."""
    commit(connection, message, channel, (), None, now)
    for source, state in states.items():
        values = {"state": state.value, "at": now}
        connection.execute(
            insert(connection, told)
            .values(source=source, **values)
            .on_conflict_do_update(index_elements=["source"], set_=values)
        )


def forget(connection: Connection, configured: tuple[str, ...]) -> None:
    """Forget what was told of sources that left the config: should one come back, it starts well."""
    connection.execute(delete(told).where(told.c.source.not_in(configured)))
