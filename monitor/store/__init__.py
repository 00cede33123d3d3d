"""The only SQL: tables, migrations, queries.

The front door is `Store`: one writer, many readers. Queries are functions of a connection, in one module a subject
(`sources`, `addresses`, `vitals`, `articles`, `flags`, `stories`, `ledger`, `audit`); `Store.write` runs one of them in
one transaction on the writer's thread, `Store.read` on a reader's. No other room sees a connection or a table.
"""

from monitor.store.engine import Store

__all__ = ["Store"]
