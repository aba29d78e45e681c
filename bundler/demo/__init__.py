"""The demo: a shop, the CDN and the server on local ports."""
