#!/usr/bin/env bash
# Starts the mock chat server with the fictional world on loopback, then `vedette demo` over it. Both end together.
# Usage: tools/demo.sh [arguments of `vedette demo`]
set -euo pipefail
cd "$(dirname "$0")/.."

bin=${VEDETTE_BIN:-target/release}
state=$(mktemp -d)
cleanup() {
  [ -z "${mock:-}" ] || kill "$mock" 2>/dev/null || true
  rm -rf "$state"
}
trap cleanup EXIT

# With it posters are read line by line; it goes to this account's models, where every workspace finds it.
if ! "$bin/vedette" model list 2>/dev/null | grep -q text-detector; then
  wheel=$(tools/models.sh detector 2>/dev/null) && "$bin/vedette" model add "$wheel" ||
    echo "without a text detector posters are read as pages, which loses lines: see docs/models.md"
fi

echo "drawing the posters and starting the mock chat server…"
"$bin/vedette-mock" --world demo --listen 127.0.0.1:0 --ready-file "$state/ready" >"$state/mock.log" 2>&1 &
mock=$!
for _ in $(seq 600); do
  [ -s "$state/ready" ] && break
  kill -0 "$mock" 2>/dev/null || {
    echo "error: the mock server did not start:" >&2
    cat "$state/mock.log" >&2
    exit 2
  }
  sleep 0.1
done
url=$(grep -oE 'http://127\.0\.0\.1:[0-9]+' "$state/ready" | head -n 1)
[ -n "$url" ] || { echo "error: the mock server did not say where it listens" >&2; cat "$state/mock.log" >&2; exit 2; }
echo "mock chat server and news feed: $url"
# The demonstration's account is invented; its password stays in a folder of this run.
VEDETTE_SECRETS="$state/secrets" "$bin/vedette" --as "${VEDETTE_USER:-demo analyst}" demo --from "$url" "$@"
