"""The API under /api/v1: what an account's owner and the operator read and change, one module a noun."""
