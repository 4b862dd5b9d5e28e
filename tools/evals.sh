#!/usr/bin/env bash
# All figures of recognition and assessment in one Markdown table. Usage: tools/evals.sh FOLDER [OUT.md]
# FOLDER holds measuring data that is not part of the repository (geoparse/, langid/, news/, obfuscation/, temporal/, threat/).
set -uo pipefail
cd "$(dirname "$0")/.."
data=${1:-}
out=${2:-target/evals.md}
if [ -z "$data" ] || [ ! -d "$data/threat" ]; then
  echo "no measuring data in \`$data\`: name the folder that holds threat/, news/, langid/ and the others" >&2
  exit 2
fi
data=$(cd "$data" && pwd)
rows=$(mktemp)
log=$(mktemp)
trap 'rm -f "$rows" "$log"' EXIT

# One measuring program: its output is shown, its rows are collected. One that fails leaves a row that says so.
measure() { # measure NAME COMMAND...
  local name=$1 started
  shift
  started=$SECONDS
  echo "── $name" >&2
  if ! "$@" >"$log"; then
    echo "| $name | not measured | | |" >>"$rows"
  fi
  cat "$log" >&2
  grep '^| ' "$log" >>"$rows"
  echo "   $((SECONDS - started)) s" >&2
}
example() { # example CRATE EXAMPLE ARGUMENTS...
  local crate=$1 name=$2
  shift 2
  measure "$name" cargo run --quiet --release --locked -p "vedette-$crate" --example "$name" -- "$@"
}

example text langid_accuracy "$data/langid"
example text dates_quality "$data"
example recognise obfuscation_quality "$data"
example recognise place_quality "$data"
example recognise threat_quality "$data"
example recognise register_hits "$data"
# Peers are measured beside ours where they are: Hyperscan (Debian: libhyperscan-dev), flashtext (pip install flashtext).
hyperscan=$(mktemp -d)
trap 'rm -rf "$rows" "$log" "$hyperscan"' EXIT
peers=()
cc -O2 -o "$hyperscan/hyperscan_speed" evals/peers/hyperscan_speed.c -lhs 2>/dev/null && peers+=("$hyperscan/hyperscan_speed")
python3 -c 'import flashtext' 2>/dev/null && peers+=(evals/peers/flashtext_speed.py)
example recognise match_speed "$data" "${peers[@]}"
measure threatcheck cargo run --quiet --release --locked -p vedette-evals -- threatcheck
measure levels cargo run --quiet --release --locked -p vedette-evals -- levels "$data"
measure speed cargo run --quiet --release --locked -p vedette-evals -- speed "$data"

{
  echo "Measured on $(date -u +%F) at $(git rev-parse --short HEAD) on $(nproc) cores of$(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2)."
  echo
  echo "| what | figure | aim | kind |"
  echo "|---|---|---|---|"
  cat "$rows"
} | tee "$out"
echo "written to $out" >&2
grep -q 'not measured' "$rows" && exit 1 || exit 0
