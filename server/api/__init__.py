"""The HTTP interface under /api/v1: what accounts' owners and the operator read and change."""
