#!/usr/bin/env python3
"""How fast flashtext finds names in documents: a peer of crates/recognise/examples/match_speed.rs, which runs it.

`flashtext_speed.py NAMES DOCUMENTS SECONDS`. NAMES: one name a line. DOCUMENTS: a NUL after each. `pip install flashtext` (2.7).
The letters of its words are ASCII only, so that in Arabic it also finds names inside longer words; its finds are not ours.
Prints "MB/s matches seconds-to-build memory version" of the fastest pass; the memory is not told.
"""
import sys
import time
from importlib.metadata import version
from pathlib import Path

from flashtext import KeywordProcessor


def main():
    if len(sys.argv) != 4:
        sys.exit("usage: flashtext_speed.py NAMES DOCUMENTS SECONDS")
    names = Path(sys.argv[1]).read_text(encoding="utf-8").split("\n")
    content = Path(sys.argv[2]).read_bytes()
    documents = content.decode("utf-8").split("\0")[:-1]
    size = len(content) - len(documents)
    start = time.thread_time()
    processor = KeywordProcessor(case_sensitive=True)
    for name in filter(None, names):
        processor.add_keyword(name)
    built = time.thread_time() - start
    best, matches, begun = float("inf"), 0, time.thread_time()
    while True:
        start = time.thread_time()
        matches = sum(len(processor.extract_keywords(document)) for document in documents)
        now = time.thread_time()
        best = min(best, now - start)
        if now - begun >= float(sys.argv[3]):
            break
    print(f"{size / best / 1e6:.1f} {matches} {built:.2f} - {version('flashtext')}")


if __name__ == "__main__":
    main()
