"""The interface to the page, as Protocols, and its two implementations: the browser's and one for tests."""
