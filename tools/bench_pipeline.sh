#!/usr/bin/env bash
# Documents a second and peak memory of the whole pipeline without OCR: preserve with a leaf, language, recognise, liken,
# assess, index, commit. Usage: tools/bench_pipeline.sh FOLDER   (a folder with *.jsonl or *.jsonl.gz, lines {id,text,…})
set -euo pipefail
cd "$(dirname "$0")/.."
data=${1:-}
if [ -z "$data" ] || ! compgen -G "$data/*.jsonl*" >/dev/null; then
  echo "no *.jsonl or *.jsonl.gz in \`$data\`: name a folder of news collections" >&2
  exit 2
fi
bin=${VEDETTE_BIN:-target/release}/vedette
[ -x "$bin" ] || cargo build --release --locked -p vedette
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo "machine: $(nproc) cores, $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2 | xargs), commit $(git -C "$(dirname "$bin")" rev-parse --short HEAD 2>/dev/null || echo unknown), $(date -u +%F)"
printf '%-28s %9s %9s %11s %9s %9s %9s\n' collection documents MB 'seconds' docs/s MB/s 'peak MB'
run() { # run NAME FILE...
  local name=$1
  shift
  rm -rf "$work/desk"
  "$bin" init "$work/desk" >/dev/null 2>&1
  local documents bytes started ended
  documents=$(cat "$@" | wc -l)
  bytes=$(cat "$@" | wc -c)
  started=$(date +%s.%N)
  python3 - "$bin" "$work/desk" "$@" >"$work/rss" <<'PY'
import resource, subprocess, sys
code = subprocess.run([sys.argv[1], "--workspace", sys.argv[2], "import", *sys.argv[3:]],
                      stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
if code.returncode:
    sys.stderr.write(code.stderr.decode()); sys.exit(code.returncode)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
PY
  ended=$(date +%s.%N)
  awk -v n="$name" -v d="$documents" -v b="$bytes" -v s="$started" -v e="$ended" -v r="$(cat "$work/rss")" \
    'BEGIN { t = e - s; printf "%-28s %9d %9.1f %11.2f %9.0f %9.2f %9.0f\n", n, d, b / 1e6, t, d / t, b / 1e6 / t, r }'
}

mkdir "$work/in"
for file in "$data"/*.jsonl*; do
  name=$(basename "$file"); name=${name%.gz}
  case $file in *.gz) gzip -dc "$file" >"$work/in/$name" ;; *) cp "$file" "$work/in/$name" ;; esac
  run "${name%.jsonl}" "$work/in/$name"
done
run all "$work"/in/*.jsonl
