#!/bin/sh
# Python tools that tests compare with, each pinned, in an environment of its own below the cache folder.
#
#   tools/python_tools.sh warcio     prints the path of a Python that has it; installs it once
#
# The cache is $VEDETTE_TOOLS, else $XDG_CACHE_HOME/vedette/tools, else ~/.cache/vedette/tools.
set -eu

case "${1:-}" in
    warcio) package=warcio==1.8.1 ;;
    *)
        echo "usage: tools/python_tools.sh warcio" >&2
        exit 2
        ;;
esac

cache="${VEDETTE_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/vedette/tools}"
place="$cache/$(echo "$package" | tr -c 'A-Za-z0-9.\n' '-')"

if [ ! -e "$place/ready" ]; then
    mkdir -p "$cache"
    # Made beside and moved, so that two tests at once never see half an environment.
    made="$(mktemp -d "$cache/making.XXXXXX")"
    trap 'rm -rf "$made"' EXIT
    python3 -m venv "$made/env" >&2
    "$made/env/bin/python" -m pip install --quiet --disable-pip-version-check "$package" >&2
    touch "$made/env/ready"
    mv "$made/env" "$place" 2>/dev/null || [ -e "$place/ready" ]
fi
echo "$place/bin/python"
