"""How dist/ is made, and from what."""
