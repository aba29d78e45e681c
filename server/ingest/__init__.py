"""From a request to stored rows: read a batch, validate it, apply rate limits, count, and commit with other batches."""
