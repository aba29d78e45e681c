"""A/B tests of one widget: variants, their drawing at random, and results that may be looked at every day."""
