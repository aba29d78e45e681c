"""What this machine needs before anything is built."""
