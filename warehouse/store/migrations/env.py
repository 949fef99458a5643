"""Alembic's entry: runs the migrations in the transaction that `warehouse.store.migrate` holds."""

from alembic import context

from warehouse.store.tables import METADATA, VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
)
context.run_migrations()
