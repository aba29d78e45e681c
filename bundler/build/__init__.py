"""Makes dist/ from its sources."""
