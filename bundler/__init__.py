"""The build tools: they make dist/, run it on this machine and measure it. The packages, lowest level first:

machine/   prepares this machine: the virtual environment, Node.js, other programs, progress messages
slim/      makes Python small
build/     makes dist/: loader, wheel, console, compression, size budgets, hashes
browsers/  finds, installs and starts the browsers for tests and bench
demo/      `serve`: a shop, the CDN and the server on local ports
packages/  makes the wheels and the npm package to install
bench/     measures what the widget costs a page and what load the server handles
"""
