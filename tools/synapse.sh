#!/usr/bin/env bash
# Installs the Matrix server that the tests of the Matrix connector run against (Synapse, AGPL; it is never part of what we
# ship) and prints the path of its Python. The packages are kept, so that a second installation needs no network.
# Where: $VEDETTE_TOOLS, else $XDG_CACHE_HOME/vedette, else ~/.cache/vedette.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
list=$here/synapse.txt
version=$(sed -n 's/^matrix-synapse==//p' "$list")
tools=${VEDETTE_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/vedette}
home=$tools/synapse-$version
python=$home/bin/python

if [ -e "$home/complete" ] && cmp -s "$list" "$home/complete"; then
  echo "$python"
  exit 0
fi
command -v python3 >/dev/null 2>&1 || {
  echo "error: no python3: install Python 3.10 or newer with its venv module (Debian: python3-venv), then run this again" >&2
  exit 2
}
echo "installing Synapse $version into $home (once, about 250 MB)" >&2
mkdir -p "$tools"
# Tests run at the same time: one installs, the others wait for it.
exec 9>"$tools/synapse.lock"
flock 9
if [ ! -e "$home/complete" ] || ! cmp -s "$list" "$home/complete"; then
  rm -rf "$home"
  python3 -m venv "$home"
  wheels=$tools/wheels-$version
  if ! "$python" -m pip install --quiet --no-index --find-links "$wheels" -r "$list" >/dev/null 2>&1; then
    mkdir -p "$wheels"
    "$python" -m pip download --quiet --disable-pip-version-check -d "$wheels" -r "$list" >&2
    "$python" -m pip install --quiet --disable-pip-version-check --no-index --find-links "$wheels" -r "$list" >&2
  fi
  cp "$list" "$home/complete"
fi
echo "$python"
