"""How does Alembic reach the catalog? By the connection that Catalog.migrate hands it."""

from alembic import context

from catalog.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
