"""Run the migrations on the connection that ``storage.schema`` hands over."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table="netclinic_alembic_version",  # "alembic_version" is Optuna's
    transactional_ddl=True,  # SQLite can, though Alembic does not count on it
)
with context.begin_transaction():
    context.run_migrations()
