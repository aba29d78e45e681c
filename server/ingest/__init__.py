"""The way in: a batch is read, judged, limited, counted, and committed to the store with others."""
