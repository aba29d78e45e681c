#!/bin/sh
# Makes the locks of the dependency groups in pyproject.toml anew, from one resolution, so that no group undoes another.
set -eu
cd "$(dirname "$0")/../../.."
all=$(mktemp)
lock() {
    uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate "$@"
}
lock --group server --group build --group dev --group node --output-file "$all"
for group in server build dev node; do
    lock --group "$group" --constraint "$all" --output-file "bundler/machine/locks/$group.txt"
done
rm "$all"
