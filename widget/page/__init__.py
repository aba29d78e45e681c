"""The page: what it offers as a Protocol, its two sides, and the one module that knows JavaScript."""
