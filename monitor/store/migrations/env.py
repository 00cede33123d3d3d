"""Alembic's entry: runs the migrations on the connection it is given, inside that connection's transaction."""

from alembic import context

from monitor.store.tables import metadata

connection = context.config.attributes["connection"]
# SQLite can undo DDL; Alembic assumes that it cannot. The transaction is the caller's.
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
