"""The browsers for the tests and the bench."""
