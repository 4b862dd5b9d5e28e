#!/usr/bin/env python3
"""Other near-duplicate indexes on the posts of `near_text_speed`: `near_text.py POSTS_FILE [--posts N]`.

rensa (RMinHash, 32 bands) and datasketch (MinHashLSH), 128 permutations, threshold 0.5, word triples, one thread, every post looked
up, then inserted: `pip install rensa datasketch`. What is not installed is named and left out. The file comes from
`cargo run --release -p vedette-likeness --example near_text_speed -- --write POSTS_FILE 110000`. One line a figure.
"""
import argparse
import collections
import importlib.metadata
import importlib.util
import resource
import time


def triples(post):
    words = post.split(" ")
    return [" ".join(words[at:at + 3]) for at in range(len(words) - 2)]


def rensa():
    from rensa import RMinHash, RMinHashLSH
    index = RMinHashLSH(threshold=0.5, num_perm=128, num_bands=32)

    def meet(number, post):
        sketch = RMinHash(num_perm=128, seed=42)
        sketch.update(triples(post))
        found = index.query(sketch)
        index.insert(number, sketch)
        return found
    return meet


def datasketch():
    from datasketch import MinHash, MinHashLSH
    index = MinHashLSH(threshold=0.5, num_perm=128)

    def meet(number, post):
        sketch = MinHash(num_perm=128)
        sketch.update_batch([triple.encode() for triple in triples(post)])
        found = index.query(sketch)
        index.insert(number, sketch, check_duplication=False)
        return found
    return meet


def jaccard(a, b):
    a, b = set(triples(a)), set(triples(b))
    return len(a & b) / max(1, len(a | b))


def judge(posts, copies, pairs):
    found = set(pairs)
    alike = [copy for copy in copies if jaccard(posts[copy[0]], posts[copy[1]]) >= 0.5]
    hits = sum((at, original) in found for at, original, _ in alike)
    print(f"  recall where J >= 0.5: {hits / max(1, len(alike)):.4f} ({hits} of {len(alike)})")
    kinds = collections.defaultdict(list)
    for at, original, kind in copies:
        kinds[kind].append((at, original) in found)
    for kind, hits in kinds.items():
        print(f"  recall, {kind}: {sum(hits) / len(hits):.4f} ({sum(hits)} of {len(hits)})")
    right = sum(jaccard(posts[a], posts[b]) >= 0.5 for a, b in pairs)
    print(f"  precision at J >= 0.5: {right / max(1, len(pairs)):.4f} ({right} of {len(pairs)})")


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("file")
    arguments.add_argument("--posts", type=int, default=110_000)
    arguments = arguments.parse_args()
    posts, copies = [], []
    with open(arguments.file, encoding="utf-8") as lines:
        for at, line in zip(range(arguments.posts), lines):
            original, kind, post = line.rstrip("\n").split("\t")
            posts.append(post)
            if kind:
                copies.append((at, int(original), kind))
    for peer in (rensa, datasketch):
        name = peer.__name__
        if importlib.util.find_spec(name) is None:
            print(f"{name}: not installed")
            continue
        meet, pairs = peer(), []
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started = time.thread_time()
        for at, post in enumerate(posts):
            pairs += ((at, other) for other in meet(at, post))
        seconds = time.thread_time() - started
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
        print(f"{name} {importlib.metadata.version(name)}: {len(posts) / seconds:.0f} posts a second")
        print(f"  {grown // max(1, len(posts))} bytes a post")
        judge(posts, copies, pairs)


if __name__ == "__main__":
    main()
