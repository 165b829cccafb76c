"""Django's engine for PostgreSQL, whose pooled connections are looked at more cheaply."""
