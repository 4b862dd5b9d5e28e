#!/usr/bin/env python3
"""Builds the bundled list of common words from the word counts of a spell checker.

    python3 tools/build_common_words.py WHEEL

WHEEL is the PyPI wheel pyspellchecker 0.9.1 as a file (`pip download --no-deps pyspellchecker==0.9.1`, MIT licence; counts of words
in OpenSubtitles 2018, http://opus.nlpl.eu); its SHA-256 is checked. The script keeps the most frequent words of ten languages and
writes one a line; `cargo run --release -p vedette-text --example pack_words` folds them with the same code that reads texts and packs
them into crates/text/data/common_words.bin, a filter that can say whether a word is common, but not list them. Standard library only.
"""
import gzip
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import zipfile

WHEEL_SHA256 = "c79b144b4bad20024bf489ad3ffd96b76f3f53439e9fa59ac607896352852f3d"
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OUT = os.path.join(ROOT, "crates", "text", "data", "common_words.bin")
LANGUAGES = "ar de en es fa fr it nl pt ru".split()
# Words beyond this rank are rare enough to be somebody's misspelling.
WORDS_A_LANGUAGE = 30_000
# A short word counts as a piece of words written together when it is among the first so many of its language.
PIECE_RANKS = {1: 100, 2: 600, 3: 6_000}


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    with open(sys.argv[1], "rb") as wheel:
        digest = hashlib.sha256(wheel.read()).hexdigest()
    if digest != WHEEL_SHA256:
        print(f"error: the wheel has SHA-256 {digest}, not {WHEEL_SHA256}", file=sys.stderr)
        return 1
    with zipfile.ZipFile(sys.argv[1]) as wheel, tempfile.NamedTemporaryFile("w", suffix=".tsv", encoding="utf-8") as lines:
        for language in LANGUAGES:
            counts = json.loads(gzip.decompress(wheel.read(f"spellchecker/resources/{language}.json.gz")))
            ranked = sorted(counts, key=lambda word: (-counts[word], word))[:WORDS_A_LANGUAGE]
            for rank, word in enumerate(ranked):
                piece = rank < PIECE_RANKS.get(len(word), WORDS_A_LANGUAGE)
                lines.write(f"{word}\t{int(piece)}\n")
        lines.flush()
        command = ["cargo", "run", "--release", "--locked", "-p", "vedette-text", "--example", "pack_words", "--"]
        return subprocess.run([*command, lines.name, OUT], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
