"""Alembic's script folder for our own tables; Optuna's tables are migrated by Optuna."""
