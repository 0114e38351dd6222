#!/usr/bin/env bash
# Rewrites the lock files from pyproject.toml (`make lock`, needs uv). They hold for every Python
# from 3.11 on and every platform, and name no index. requirements/tested.txt holds the versions
# that were tested together.
set -euo pipefail
cd "$(dirname "$0")/.."
tested=requirements/tested.txt
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

compile() {  # compile NAME FLAGS...: writes requirements/NAME.lock
    local name=$1
    shift
    "${UV:-uv}" pip compile pyproject.toml --quiet --universal --python-version 3.11 --no-header \
        --no-annotate --no-emit-index-url --no-emit-find-links --upgrade -c "$tested" "$@" \
        -o "$work/$name" > /dev/null
    { echo "# Written by requirements/lock.sh from pyproject.toml."; cat "$work/$name"; } \
        > "requirements/$name.lock"
}

# With hashes, pip wants each extra that a package asks for pinned by name.
compile daemon --extra llm --generate-hashes --no-strip-extras
grep -oE '^[^ #-][^\\]*' "$work/daemon" | sed 's/\[[^]]*\]//' > "$work/core.txt"
compile ml --extra ml -c "$work/core.txt"
cp requirements/ml.lock "$work/ml.txt"
compile deep --extra ml --extra deep -c "$work/core.txt" -c "$work/ml.txt"
compile dev --extra ml --extra dev -c "$work/core.txt" -c "$work/ml.txt"
