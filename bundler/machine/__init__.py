"""Prepares this machine for building: the virtual environment, Node.js and other programs."""
