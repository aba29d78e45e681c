"""Alert rules: what an account wants to be told of, how it is judged, and how the message reaches people."""
