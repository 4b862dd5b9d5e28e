#!/usr/bin/env python3
"""Score the answers of `vedette analyze` on ThreatCheck: the reference reading of the rules in `functions.toml`.

    python3 score.py --inputs [held|tune] > posts.jsonl        {"id","text"} a line, nothing else is given away
    vedette analyze posts.jsonl --json > answers.jsonl
    python3 score.py answers.jsonl [held|tune]                 a table per function and language

A case is right when every rule of its `must` holds. `should` and `slots` are counted apart, only where `must` holds.
A case without an answer is wrong.
"""

import collections
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
LEVELS = ["none", "low", "medium", "high-unspecific", "high-specific"]
# A venue may be read as a place or as what is attacked; an event likewise.
PLACES_OF_SLOT = {"place": ["place", "target"], "event": ["event", "target", "place"], "time": ["time"],
                  "target": ["target", "addressee"], "method": ["method"]}


def own(answer):
    return [s for s in answer.get("statements", []) if not s.get("reported")]


def holds(rules, answer):
    """True when every rule holds."""
    kinds = {s["kind"] for s in own(answer)}
    reported = {s["kind"] for s in answer.get("statements", []) if s.get("reported") or s["kind"] == "report"}
    level = LEVELS.index(answer.get("assessment", {}).get("level", "none"))
    checks = {
        "own_any": lambda wanted: bool(kinds & set(wanted)),
        "own_none": lambda barred: not kinds & set(barred),
        "reported_any": lambda wanted: bool(reported & set(wanted)),
        "level_min": lambda bound: level >= LEVELS.index(bound),
        "level_max": lambda bound: level <= LEVELS.index(bound),
    }
    return all(checks[name](value) for name, value in rules.items())


def texts_of(value):
    """The texts of a slot, whether it is a text, a span with `text` or `quote`, or a list of either."""
    if value is None:
        return []
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [t for v in value for t in texts_of(v)]
    return texts_of(value.get("text", value.get("quote")))


def slot_found(slot, filler, answer):
    """True when an own statement has the filler, a part of it or more than it in this slot."""
    filler = filler.casefold()
    found = [t.casefold() for s in own(answer) for name in PLACES_OF_SLOT[slot] for t in texts_of(s.get(name))]
    return any(t and (t in filler or filler in t) for t in found)


def main():
    args = sys.argv[1:]
    split = args.pop() if args and args[-1] in {"held", "tune"} else None
    cases = [json.loads(line) for line in (HERE / "cases.jsonl").read_text("utf-8").splitlines()]
    cases = [c for c in cases if split in (None, c["split"])]
    if args == ["--inputs"]:
        for c in cases:
            print(json.dumps({"id": c["id"], "text": c["text"]}, ensure_ascii=False))
        return
    if len(args) != 1 or not pathlib.Path(args[0]).is_file():
        print("error: usage: score.py --inputs [held|tune] | score.py ANSWERS.jsonl [held|tune]", file=sys.stderr)
        sys.exit(2)
    answers = {}
    for line in pathlib.Path(args[0]).read_text("utf-8").splitlines():
        answer = json.loads(line)
        answers[answer["id"]] = answer
    right, should, slots = (collections.defaultdict(lambda: [0, 0]) for _ in range(3))
    for c in cases:
        answer = answers.get(c["id"])
        good = answer is not None and holds(c["must"], answer)
        for tally in (right[c["function"], c["language"]], right["all", c["language"]]):
            tally[0] += good
            tally[1] += 1
        if good and c["should"]:
            tally = should[c["function"]]
            tally[0] += holds(c["should"], answer)
            tally[1] += 1
        for slot, filler in c.get("slots", {}).items() if good else []:
            tally = slots[slot]
            tally[0] += slot_found(slot, filler, answer)
            tally[1] += 1
    languages = list(dict.fromkeys(c["language"] for c in cases))
    functions = list(dict.fromkeys(c["function"] for c in cases))
    print(f"ThreatCheck, {split or 'both splits'}, {len(cases)} cases: right in per cent\n")
    print("| function | " + " | ".join(languages) + " |\n|---|" + "---:|" * len(languages))
    for f in functions + ["all"]:
        cells = [f"{100 * right[f, l][0] / right[f, l][1]:.0f}" if right[f, l][1] else "" for l in languages]
        print(f"| {f} | " + " | ".join(cells) + " |")
    passed = []
    for lang in languages:
        shares = [right[f, lang][0] / right[f, lang][1] for f in functions if right[f, lang][1]]
        passed.append(f"{lang} {100 * sum(s >= 0.9 for s in shares) / len(shares):.0f}")
    print("\nfunctions with at least 90 % right, in per cent: " + ", ".join(passed))
    print("should, where must holds: " + ", ".join(f"{f} {n}/{of}" for f, (n, of) in should.items()))
    print("slots, where must holds: " + ", ".join(f"{s} {n}/{of}" for s, (n, of) in slots.items()))


if __name__ == "__main__":
    main()
