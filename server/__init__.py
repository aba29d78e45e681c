"""The collector: it takes telemetry batches, stores their figures, and serves the widgets' content."""
