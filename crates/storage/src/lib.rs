//! The storage ports of the domain on SQLite and PostgreSQL, by diesel.
