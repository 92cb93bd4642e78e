"""Runs the migrations over the connection it is given, waiting no longer than five seconds for any lock."""

from alembic import context

from mdm.store.tables import METADATA

connection = context.config.attributes["connection"]
connection.exec_driver_sql("SET lock_timeout = '5s'")
context.configure(connection=connection, target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
