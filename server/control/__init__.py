"""The control plane: accounts, their widgets and settings, tokens and the audit trail, in one SQLite file."""
