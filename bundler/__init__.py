"""The build: what makes dist/ and runs it on this machine. Its rooms, from the ground up:

machine/   what this machine needs: the virtual environment, Node.js, other programs, lines of progress
slim/      how Python is made small
build/     how dist/ is made: loader, wheel, console, compression, budgets, hashes
browsers/  the browsers for the tests and the bench
demo/      `serve`: the shop, the CDN and the server on ports of this machine
bench/     what the widget costs a page, and what load the server bears
"""
