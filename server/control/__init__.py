"""The control plane: accounts, their widgets and settings, tokens and the audit trail, in SQLite or PostgreSQL."""
