"""What is remembered: tables, batch writes, views and migrations."""
