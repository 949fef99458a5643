"""The operational store: what the running service writes down, in SQLite or PostgreSQL."""
