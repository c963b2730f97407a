"""The database: SQLAlchemy Core tables, one small repository per idea. SQLite (WAL) by default."""
