#!/usr/bin/env python3
"""How fast FAISS finds hashes within a radius: a peer of crates/likeness/examples/hamming_speed.rs, which runs it.

`hamming_faiss.py HASHES QUERIES RADIUS KIND`. Both files: 32 bytes a hash. KIND: flat, or SLOTSxBITSxFLIPS for a multi-hash
(16x16x1 is what python-threatexchange ships for PDQ). `pip install faiss-cpu numpy`. One thread, time on its core.
Prints "queries/s matches sum-of-distances seconds-to-build resident-MB version".
"""
import sys
import time
from pathlib import Path

import faiss
import numpy


def main():
    if len(sys.argv) != 5:
        sys.exit("usage: hamming_faiss.py HASHES QUERIES RADIUS KIND")
    faiss.omp_set_num_threads(1)
    hashes = numpy.fromfile(sys.argv[1], dtype=numpy.uint8).reshape(-1, 32)
    queries = numpy.fromfile(sys.argv[2], dtype=numpy.uint8).reshape(-1, 32)
    radius, kind = int(sys.argv[3]), sys.argv[4]
    start = time.thread_time()
    if kind == "flat":
        index = faiss.IndexBinaryFlat(256)
    else:
        slots, bits, flips = map(int, kind.split("x"))
        index = faiss.IndexBinaryMultiHash(256, slots, bits)
        index.nflip = flips
    index.add(hashes)
    built = time.thread_time() - start
    best, matches, distances = float("inf"), 0, 0
    for _ in range(2):
        start = time.thread_time()
        # FAISS answers with what is nearer than the radius, we with what is as near.
        limits, found, _ = index.range_search(queries, radius + 1)
        best = min(best, time.thread_time() - start)
        matches, distances = int(limits[-1]), int(found.sum())
    resident = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS"))
    print(f"{len(queries) / best:.1f} {matches} {distances} {built:.1f} {int(resident.split()[1]) // 1024} {faiss.__version__}")


if __name__ == "__main__":
    main()
