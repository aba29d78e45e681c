"""Finds, installs and starts the browsers for the tests and the bench."""
