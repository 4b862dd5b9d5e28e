#!/usr/bin/env python3
"""Expand the templates of ThreatCheck into `cases.jsonl`.

In: `functions.toml` (what is tested, what is expected) and `templates/LANG.txt` (what is said).
Out: `cases.jsonl`, one case a line, and on stdout the counts and the SHA-256 of each split.

    python3 build.py            writes cases.jsonl, prints counts and hashes
    python3 build.py --check    writes nothing; exit 1 if a hash differs from FROZEN.sha256
    python3 build.py --freeze   writes cases.jsonl and FROZEN.sha256

Everything is deterministic: the choice among fillers is made by SHA-256 of the template's id, never by chance.
Needs Python 3.11 or newer and nothing else.
"""

import hashlib
import itertools
import json
import pathlib
import re
import sys
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
LANGUAGES = ["en", "ar", "fa", "ur", "ru", "tr", "de", "fr", "es"]
CASES_MIN, CASES_MAX, CASES_AIM = 10, 20, 12
TEMPLATES_MIN = 6
SPLITS = ["tune", "held"]
# A filler list is named SLOT or SLOT_form; only these slots are looked for in what the machine says.
GOLD_SLOTS = {"place": "place", "venue": "place", "event": "event", "day": "time", "target": "target", "weapon": "method"}
BRACES = re.compile(r"\{([^{}]*)\}")
HIDDEN = re.compile(r"<([^<>]+)>")


def fail(text):
    print(f"error: {text}", file=sys.stderr)
    sys.exit(2)


def pick(key, bound):
    """A number below `bound` that depends on `key` alone."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") % bound


def read_language(lang):
    """`@name: a | b` are fillers, `== function` opens a function, every other line is a template."""
    fillers, templates, current = {}, {}, None
    for number, line in enumerate((HERE / "templates" / f"{lang}.txt").read_text("utf-8").splitlines(), 1):
        where = f"templates/{lang}.txt:{number}"
        line = line.strip()
        if not line or line.startswith("//"):
            continue
        if line.startswith("@"):
            name, _, values = line[1:].partition(":")
            fillers[name.strip()] = [v.strip() for v in values.split("|")]
        elif line.startswith("=="):
            current = line[2:].strip()
            if current in templates:
                fail(f"{where}: `{current}` is opened twice")
            templates[current] = []
        elif current is None:
            fail(f"{where}: a template stands before the first `==` line")
        else:
            templates[current].append((number, line.replace("\\n", "\n")))
    return fillers, templates


def choices(field, fillers, split, where):
    """The texts a pair of braces stands for, and the gold slot they fill (or None)."""
    if "|" in field:
        return field.split("|"), None
    plain = field[:1].lower() + field[1:]
    # Lists named NAME.tune and NAME.held differ by split: quoted sentences are templates themselves.
    values = fillers.get(plain) or fillers.get(f"{plain}.{split}")
    if values is None:
        fail(f"{where}: no filler `{field}`")
    if field[:1].isupper():
        values = [v[:1].upper() + v[1:] for v in values]
    return values, GOLD_SLOTS.get(plain.split("_")[0])


def variants(template, fillers, split, key, count, where):
    """Up to `count` distinct fillings of a template: (text, slots)."""
    fields = BRACES.findall(template)
    options = [choices(f, fillers, split, where) for f in fields]
    total = 1
    for values, _ in options:
        total *= len(values)
    order, seen, step = [], set(), 0
    while len(order) < min(count, total):
        chosen = pick(f"{key}/{step}", total)
        step += 1
        if chosen in seen:
            if step > 50 * count:
                order += [c for c in range(total) if c not in seen][: count - len(order)]
                break
            continue
        seen.add(chosen)
        order.append(chosen)
    out = []
    for chosen in order:
        values, slots = [], {}
        for texts, slot in options:
            chosen, at = divmod(chosen, len(texts))
            values.append(texts[at])
            if slot and slot not in slots:
                slots[slot] = texts[at]
        parts = iter(values)
        out.append((BRACES.sub(lambda _: next(parts), template), slots))
    return out


# --- obfuscations: what is written between < and > is hidden ------------------------------------------------------

LEET = str.maketrans({"a": "4", "e": "3", "i": "1", "o": "0", "s": "5", "ä": "4", "ö": "0", "é": "3", "ı": "1", "ñ": "n",
                      "а": "4", "о": "0", "з": "3", "ч": "4", "б": "6", "е": "3"})
LOOKALIKE_LATIN = str.maketrans({"a": "а", "e": "е", "o": "о", "p": "р", "c": "с", "x": "х", "i": "і", "y": "у", "s": "ѕ"})
LOOKALIKE_CYRILLIC = str.maketrans({"а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x"})
LOOKALIKE_ARABIC = str.maketrans({"ك": "ڪ", "ک": "ڪ", "ي": "ی", "ی": "ي", "ه": "ہ", "ہ": "ه", "ق": "ڨ", "ف": "ڡ", "ر": "ڔ", "ں": "ن", "ا": "ٱ", "ب": "پ", "ج": "چ"})
ARABIC = {"ar", "fa", "ur"}


def hide(word, way, lang, key):
    """Each space-separated part of `word` is hidden by itself, so that no space is lost or gained in between."""
    return " ".join(hide_part(part, way, lang, f"{key}/{n}") for n, part in enumerate(word.split(" ")))


def hide_part(word, way, lang, key):
    if way == "leet":
        return word.translate(LEET)
    if way in {"spaced", "invisible"}:
        word = word.replace("\u200c", "")
    if way == "spaced":
        return [" ", ".", "-", "*"][pick(key, 4)].join(word)
    if way == "lookalike":
        table = LOOKALIKE_ARABIC if lang in ARABIC else LOOKALIKE_CYRILLIC if lang == "ru" else LOOKALIKE_LATIN
        return word.translate(table)
    if way == "invisible":
        if lang in ARABIC and pick(key, 2):
            # Tatweel joins; it may stand only after a letter that joins to the left.
            return "".join(c + "ـ" * (1 + pick(f"{key}{n}", 3)) if n + 1 < len(word) and c not in "اأإآدذرزوةىءؤےڑڈژ" else c
                           for n, c in enumerate(word))
        signs = ["\u200b", "\u2060"] if lang in ARABIC else ["\u200b", "\u2060", "\u00ad"]
        return signs[pick(key, len(signs))].join(word)
    if way == "stretched":
        middle = len(word) // 2
        return word[:middle] + word[middle] * 4 + word[middle + 1:]
    fail(f"no way `{way}` of hiding")


def upper(text, lang):
    return (text.replace("i", "İ").replace("ı", "I") if lang == "tr" else text).upper()


def bare(text, lang):
    """As typed in haste: no punctuation, no capitals. An apostrophe inside a word goes too."""
    text = re.sub(r"(?<=\w)['’](?=\w)", "", text) if lang in {"en", "tr"} else text
    text = re.sub(r"[.,;:!?…،؛؟۔«»\"“”„()—–]+", " ", text)
    text = text.replace("I", "ı").replace("İ", "i") if lang == "tr" else text
    return " ".join(text.lower().split())


def transform(text, way, lang, key):
    """The text changed in one `way`, marks removed."""
    if way in {"leet", "spaced", "lookalike", "invisible", "stretched"}:
        return HIDDEN.sub(lambda m: hide(m.group(1), way, lang, key + m.group(1)), text)
    text = HIDDEN.sub(r"\1", text)
    if way == "caps":
        return upper(text, lang)
    if way == "bare":
        return bare(text, lang)
    return text


def long_text(text, lang, fillers, split, key):
    """Three or four harmless sentences before the one that matters."""
    lines = fillers[f"harmless.{split}"]
    first = pick(key, len(lines))
    count = min(len(lines), 3 + pick(key + "n", 2))
    return " ".join([lines[(first + n) % len(lines)] for n in range(count)] + [text])


# --- cases ----------------------------------------------------------------------------------------------------------


def cases_of(function, lang, fillers, templates):
    source = function.get("from", function["id"])
    found = templates.get(source)
    if not found:
        fail(f"templates/{lang}.txt: no `== {source}`")
    if len(found) < TEMPLATES_MIN:
        fail(f"templates/{lang}.txt: `{source}` has {len(found)} templates, at least {TEMPLATES_MIN} are needed")
    way, out = function.get("transform"), []
    # Two fillings a template, more where another template has only one.
    per_template = max(2, -(-CASES_AIM // len(found)))
    while True:
        out = []
        for number, (line, template) in enumerate(found):
            split = SPLITS[number % 2]
            ident = f"{lang}-{function['id']}-{number + 1:02d}"
            where = f"templates/{lang}.txt:{line}"
            for n, (text, slots) in enumerate(variants(template, fillers, split, f"{lang}-{source}-{number + 1:02d}", per_template, where)):
                key = f"{ident}-{n + 1}"
                plain = transform(text, None, lang, key)
                text = transform(text, way, lang, key)
                if way and way != "bare" and text == plain:
                    fail(f"{where}: `{way}` changes nothing in `{text}`")
                if function.get("long"):
                    text = long_text(text, lang, fillers, split, key)
                case = {"id": key, "function": function["id"], "language": lang, "split": split, "text": text,
                        "must": function["must"], "should": function.get("should", {})}
                wanted = {s: v for s, v in slots.items() if s in function.get("slots", [])}
                if wanted:
                    case["slots"] = wanted
                out.append(case)
        if len(out) >= CASES_MIN or per_template > CASES_MAX:
            break
        per_template += 1
    if not CASES_MIN <= len(out) <= CASES_MAX:
        fail(f"templates/{lang}.txt: `{function['id']}` gives {len(out)} cases, wanted {CASES_MIN} to {CASES_MAX}")
    return out


def build(languages):
    functions = tomllib.loads((HERE / "functions.toml").read_text("utf-8"))["function"]
    cases = []
    for lang in languages:
        fillers, templates = read_language(lang)
        wanted = [f for f in functions if lang in f.get("languages", LANGUAGES)]
        known = {f.get("from", f["id"]) for f in wanted}
        for name in templates:
            if name not in known:
                fail(f"templates/{lang}.txt: `{name}` is in no function of functions.toml for this language")
        for function in wanted:
            cases += cases_of(function, lang, fillers, templates)
    texts = {}
    for case in cases:
        if (twin := texts.setdefault((case["text"], case["function"]), case)) is not case:
            fail(f"{case['id']} and {twin['id']} have the same text")
    return functions, cases


def lines_of(cases):
    return "".join(json.dumps(c, ensure_ascii=False, separators=(",", ":")) + "\n" for c in cases)


def main():
    args = sys.argv[1:]
    if set(args) - {"--check", "--freeze"}:
        fail("usage: build.py [--check | --freeze]")
    functions, cases = build(LANGUAGES)
    for lang in LANGUAGES:
        mine = [c for c in cases if c["language"] == lang]
        print(f"{lang}: {len({c['function'] for c in mine})} functions, "
              + ", ".join(f"{sum(c['split'] == s for c in mine)} {s}" for s in SPLITS))
    print(f"all: {len(functions)} functions, {len(cases)} cases")
    hashes = "".join(f"{hashlib.sha256(lines_of([c for c in cases if c['split'] == s]).encode()).hexdigest()}  {s}\n" for s in SPLITS)
    print(hashes, end="")
    frozen = HERE / "FROZEN.sha256"
    if "--check" in args:
        same = frozen.is_file() and frozen.read_text("ascii") == hashes
        kept = (HERE / "cases.jsonl").read_text("utf-8") == lines_of(cases) if (HERE / "cases.jsonl").is_file() else False
        print("frozen: " + ("yes" if same else "NO, the cases differ from FROZEN.sha256"))
        print("cases.jsonl: " + ("up to date" if kept else "DIFFERS from the templates, run build.py"))
        sys.exit(0 if same and kept else 1)
    (HERE / "cases.jsonl").write_text(lines_of(cases), "utf-8")
    if "--freeze" in args:
        frozen.write_text(hashes, "ascii")


if __name__ == "__main__":
    main()
