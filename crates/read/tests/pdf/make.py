#!/usr/bin/env python3
"""Makes the PDF fixtures beside this file: correct pages printed by Chromium from HTML of ours, and broken variants of them.

Needs chromium, ghostscript, poppler-utils, ImageMagick, fonts-noto-core, fonts-hosny-amiri, and of PyPI pikepdf and
arabic-reshaper. The tests read the results only; run this to change them.

clean-LANG     two pages, the second in two columns
pua-, nomap-, shifted-, mojibake-LANG   the map from glyphs to letters is replaced or missing; the page looks the same
outlines-LANG  letters are drawn as shapes
scan-LANG      pictures of the pages, slightly turned
reversed-LANG  pictures of the pages over a hidden text whose letters run the wrong way
forms-LANG     Arabic letters as presentation forms
mixed          a clean, a scanned and a remapped page
magazine-LANG  articles in columns, with running heads; magazine-other is of another make
TRUTH: LANG.txt holds the text of the two pages (form feed between them), magazine-LANG.json the articles.
"""
import json
import random
import re
import subprocess
import sys
import tempfile
import unicodedata
from pathlib import Path

import pikepdf

from texts import HEADINGS, PARAGRAPHS, PARTS

HERE = Path(__file__).parent
RTL = {"ar", "fa", "ur"}
FONTS = {"ar": "Amiri", "fa": "Noto Naskh Arabic", "ur": "Noto Naskh Arabic"}


def run(*command, **options):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, **options).stdout


def printed(html, target):
    """HTML to PDF."""
    (HERE / "html").mkdir(exist_ok=True)
    source = HERE / "html" / (target.stem + ".html")
    source.write_text(html, encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        run("chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}",
            "--no-pdf-header-footer", "--generate-pdf-document-outline=false", f"--print-to-pdf={target}", source)
    with pikepdf.open(target, allow_overwriting_input=True) as pdf:
        # Nothing of the machine that printed it stays in the file, and no tags, which would double its size.
        for key in ["/StructTreeRoot", "/MarkInfo", "/Metadata"]:
            if key in pdf.Root:
                del pdf.Root[key]
        if "/Info" in pdf.trailer:
            del pdf.trailer["/Info"]
        pdf.save(target, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate, recompress_flate=True)


def document(language, paragraphs):
    direction = "rtl" if language in RTL else "ltr"
    font = FONTS.get(language, "Noto Sans")
    heading = HEADINGS[language]
    first = "".join(f"<p>{text}</p>" for text in paragraphs[:2])
    second = "".join(f"<p>{text}</p>" for text in paragraphs[2:])
    return f"""<!doctype html><html lang="{language}" dir="{direction}"><meta charset="utf-8"><style>
@page {{ size: A5; margin: 14mm }} body {{ font: 11pt/1.5 "{font}"; margin: 0 }} h1 {{ font-size: 18pt }}
.columns {{ break-before: page; columns: 2; column-gap: 8mm; font-size: 10pt }}</style>
<h1>{heading}</h1>{first}<div class="columns">{second}</div></html>"""


def entries(cmap):
    """Codes and letters of a map."""
    for kind, body in re.findall(r"(?s)begin(bfchar|bfrange)(.*?)endbf", cmap):
        numbers = re.findall(r"<([0-9A-Fa-f]+)>", body)
        if kind == "bfchar":
            for code, letters in zip(numbers[::2], numbers[1::2]):
                yield int(code, 16), bytes.fromhex(letters).decode("utf-16-be")
        else:
            for low, high, start in zip(numbers[::3], numbers[1::3], numbers[2::3]):
                for offset in range(int(high, 16) - int(low, 16) + 1):
                    yield int(low, 16) + offset, chr(int(start, 16) + offset)


def with_maps(source, target, change):
    """Rewrites the maps from glyphs to letters. `change(letters)` gives new letters, or None to leave the map out."""
    with pikepdf.open(source) as pdf:
        for page in pdf.pages:
            # Chromium writes beside some letters what they say; broken files do not.
            shown = re.sub(rb"/ActualText\s*<[0-9A-Fa-f]*>", b"", page.Contents.read_bytes())
            page.Contents = pdf.make_stream(shown)
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and "/ToUnicode" in item:
                if change is None:
                    del item["/ToUnicode"]
                    continue
                cmap = item.ToUnicode.read_bytes().decode("latin-1")
                new = {code: change(code, letters) for code, letters in entries(cmap)}
                lines = "".join(f"1 beginbfchar\n<{code:04x}> <{letters.encode('utf-16-be').hex()}>\nendbfchar\n" for code, letters in new.items())
                head, tail = cmap[:re.search(r"\d+ beginbf", cmap).start()], cmap[cmap.rindex("endcmap"):]
                item.ToUnicode = pdf.make_stream((head + lines + tail).encode("latin-1"))
        pdf.save(target, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def to_private(code, letters):
    return letters if letters == " " else chr(0xE000 + code % 0x1000)


def shifted(code, letters):
    """Each letter is mapped to one some places on in its alphabet, as broken subset fonts do."""
    def one(letter):
        for alphabet in ["abcdefghijklmnopqrstuvwxyz", "ابتثجحخدذرزسشصضطظعغفقكلمنهوي", "абвгдежзийклмнопрстуфхцчшщъыьэюя"]:
            if letter.lower() in alphabet:
                moved = alphabet[(alphabet.index(letter.lower()) + 5) % len(alphabet)]
                return moved.upper() if letter.isupper() else moved
        return letter
    return "".join(one(letter) for letter in unicodedata.normalize("NFKC", letters))


def mojibake(codepage):
    def change(code, letters):
        return letters.encode(codepage, errors="replace").decode("latin-1") if letters.strip() else letters
    return change


def pictures(source, folder, dpi=150):
    run("pdftoppm", "-r", dpi, "-gray", source, folder / "page")
    return sorted(folder.glob("page*.pgm"))


def image_pdf(images, target, texts=None):
    """Pages of A5 with a picture each, and where given hidden lines of text whose letters run from left to right."""
    pdf = pikepdf.new()
    for number, image in enumerate(images):
        data = image.read_bytes()
        width, height = (int(part) for part in run("identify", "-format", "%w %h", image).split())
        picture = pdf.make_stream(data, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=width, Height=height,
                                  ColorSpace=pikepdf.Name.DeviceGray, BitsPerComponent=8, Filter=pikepdf.Name.DCTDecode)
        content = "q 420 0 0 595 0 0 cm /P Do Q\n"
        resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(P=picture))
        if texts:
            codes = {letter: code for code, letter in enumerate(sorted(set("".join(texts[number]))), 1)}
            lines = "".join(f"<{code:04x}> <{ord(letter):04x}>\n" for letter, code in codes.items())
            cmap = ("/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
                    f"1 begincodespacerange <0000> <ffff> endcodespacerange\n{len(codes)} beginbfchar\n{lines}endbfchar\nendcmap end end")
            font = pikepdf.Dictionary(
                Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type0, BaseFont=pikepdf.Name("/Hidden"), Encoding=pikepdf.Name("/Identity-H"),
                DescendantFonts=[pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.CIDFontType2, BaseFont=pikepdf.Name("/Hidden"),
                    CIDSystemInfo=pikepdf.Dictionary(Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Identity"), Supplement=0),
                    DW=500, FontDescriptor=pikepdf.Dictionary(Type=pikepdf.Name.FontDescriptor, FontName=pikepdf.Name("/Hidden"), Flags=4,
                        FontBBox=[0, 0, 500, 800], ItalicAngle=0, Ascent=800, Descent=-200, CapHeight=700, StemV=80))],
                ToUnicode=pdf.make_stream(cmap.encode()))
            resources.Font = pikepdf.Dictionary(F=font)
            content += "BT 3 Tr /F 9 Tf\n"
            for row, line in enumerate(texts[number]):
                shown = "".join(f"{codes[letter]:04x}" for letter in line)
                content += f"1 0 0 1 40 {550 - 14 * row} Tm <{shown}> Tj\n"
            content += "ET\n"
        page = pikepdf.Dictionary(Type=pikepdf.Name.Page, MediaBox=[0, 0, 420, 595], Resources=resources,
                                  Contents=pdf.make_stream(content.encode()))
        pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
    pdf.save(target, deterministic_id=True)


def scanned(source, target, texts=None, turn="0.4"):
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        images = []
        for image in pictures(source, folder, 170):
            jpeg = image.with_suffix(".jpg")
            run("convert", image, "-background", "#eeeeea", "-rotate", turn, "+repage", "-seed", "7", "-attenuate", "0.15",
                "+noise", "Gaussian", "-colorspace", "Gray", "-strip", "-quality", "38", jpeg)
            images.append(jpeg)
        image_pdf(images, target, texts)


def reversed_layer(source, target, language):
    """Lines of the text layer in the order of the letters, put down from left to right: extractors turn them around."""
    pages = (HERE / f"{language}.txt").read_text(encoding="utf-8").split("\f")
    def lines(text):
        words, found = text.split(), [""]
        for word in words:
            if len(found[-1]) + len(word) > 60:
                found.append("")
            found[-1] = (found[-1] + " " + word).strip()
        return found
    scanned(source, target, [lines(page) for page in pages], turn="0")


def forms(language):
    import arabic_reshaper
    shaper = arabic_reshaper.ArabicReshaper({"language": "Arabic", "support_ligatures": True, "delete_harakat": False})
    shaped = [shaper.reshape(text.replace("\u200c", "")) for text in PARAGRAPHS[language]]
    return document(language, shaped)


def sentences(language, count, rng):
    parts = PARTS[language]
    made = []
    for _ in range(count):
        who, did, what, when, why = (rng.choice(parts[key]) for key in ["who", "did", "what", "when", "why"])
        made.append(f"{who} {what} {when} {did}، {why}." if language == "fa" else f"{who} {did} {what} {when}{'،' if language == 'ar' else ','} {why}.")
    return made


MAGAZINES = {
    "en": dict(
        name="The Harbour Review", number="Number 14", font="Noto Serif", titles=[
            ("wide2", "A winter among the orchards", 46), ("wide3", "How the tide tables were made", 60), ("brief", ["Lamps for the quay", "New hours at the baths", "The bridge is closed", "A prize for the choir", "Lost: one brown dog", "Market moves to the square"], 5),
            ("wide2", "Letters from the islands", 52), ("wide2", "What the miller knows about wind", 40), ("wide3", "The clock that ran backwards", 58),
            ("brief", ["Seeds are exchanged", "The ferry has a new engine", "Concert in the barn", "Storks have returned"], 7), ("wide2", "Bread of five villages", 48)],
        subheads=["At first light", "The second year", "What remains", "A quiet room"], quote="“Nobody asked, and so we kept everything.”"),
    "ar": dict(
        name="مجلة الميناء", number="العدد الرابع عشر", font="Amiri", titles=[
            ("wide2", "شتاء بين البساتين", 46), ("wide2", "كيف صنعت جداول المد", 54), ("brief", ["مصابيح جديدة للرصيف", "مواعيد الحمامات", "الجسر مغلق هذا الأسبوع", "جائزة للفرقة"], 6),
            ("wide3", "رسائل من الجزر البعيدة", 56), ("wide2", "ما يعرفه الطحان عن الريح", 44), ("wide2", "الساعة التي سارت إلى الوراء", 50), ("wide3", "خبز خمس قرى", 52)],
        subheads=["مع أول الضوء", "السنة الثانية", "ما بقي", "غرفة هادئة"], quote="«لم يسأل أحد، فحفظنا كل شيء.»"),
    "fa": dict(
        name="نامهٔ بندر", number="شمارهٔ چهارده", font="Noto Naskh Arabic", titles=[
            ("wide2", "زمستانی در باغ‌ها", 50), ("wide1", "جدول جزر و مد چگونه ساخته شد", 40), ("brief", ["چراغ‌های تازهٔ اسکله", "ساعت کار گرمابه", "پل بسته است"], 7),
            ("wide2", "نامه‌هایی از جزیره‌ها", 56), ("wide3", "آنچه آسیابان از باد می‌داند", 48), ("wide2", "ساعتی که وارونه می‌رفت", 44)],
        subheads=["با نخستین روشنایی", "سال دوم"], quote="«کسی نپرسید و ما همه چیز را نگه داشتیم.»"),
}


def magazine(language):
    plan, rng = MAGAZINES[language], random.Random(f"magazine {language}")
    direction = "rtl" if language in RTL else "ltr"
    body, truth = [], []
    for kind, titles, count in plan["titles"]:
        if kind == "brief":
            items = []
            for title in titles:
                paragraphs = [" ".join(sentences(language, count, rng))]
                truth.append({"heading": title, "paragraphs": paragraphs})
                items.append(f"<h2>{title}</h2>" + "".join(f"<p>{text}</p>" for text in paragraphs))
            body.append('<section class="wide3 brief">' + "".join(items) + "</section>")
            continue
        made, paragraphs = sentences(language, count, rng), []
        while made:
            take = rng.choice([3, 4, 5])
            paragraphs.append(" ".join(made[:take]))
            made = made[take:]
        truth.append({"heading": titles, "paragraphs": paragraphs})
        inner = []
        for number, text in enumerate(paragraphs):
            if number in (4, 8):
                inner.append(f"<h3>{plan['subheads'][(number // 4 + len(truth)) % len(plan['subheads'])]}</h3>")
            if number == 3:
                inner.append(f"<blockquote>{plan['quote']}</blockquote>")
            inner.append(f"<p>{text}</p>")
        body.append(f'<h1>{titles}</h1><section class="{kind}">' + "".join(inner) + "</section>")
    html = f"""<!doctype html><html lang="{language}" dir="{direction}"><meta charset="utf-8"><style>
@page {{ size: A4; margin: 22mm 16mm 20mm; @top-left {{ content: "{plan['name']}"; font: 9pt "{plan['font']}" }}
  @top-right {{ content: "{plan['number']}"; font: 9pt "{plan['font']}" }} @bottom-center {{ content: counter(page); font: 9pt "{plan['font']}" }} }}
body {{ font: 10pt/1.4 "{plan['font']}"; margin: 0 }} p {{ margin: 0; text-align: justify; text-indent: 1em }}
h1 {{ font-size: 23pt; line-height: 1.2; margin: 9mm 0 4mm; break-after: avoid }} h2 {{ font-size: 14pt; margin: 4mm 0 1mm; break-after: avoid }}
h3 {{ font-size: 11.5pt; margin: 3mm 0 1mm; break-after: avoid }} blockquote {{ font-size: 15pt; line-height: 1.3; margin: 4mm 2mm; font-style: italic }}
.wide1 {{ columns: 1 }} .wide2 {{ columns: 2; column-gap: 8mm }} .wide3 {{ columns: 3; column-gap: 6mm }} .brief {{ margin-top: 8mm }}
</style>{''.join(body)}</html>"""
    target = HERE / f"magazine-{language}.pdf"
    printed(html, target)
    (HERE / f"magazine-{language}.json").write_text(json.dumps(
        {"running": [plan["name"], plan["number"]], "quote": plan["quote"], "articles": truth}, ensure_ascii=False, indent=1), encoding="utf-8")


def other_magazine():
    """A magazine of another make: centred headings, drop capitals, a box beside the text, large sentences without quotation marks."""
    rng = random.Random("unseen")
    titles = ["What the ferry carried", "Salt, wind and paper", "A school on the hill", "Notes from the archive", "The quiet months", "Seven bridges", "Who winds the clocks?", "Harvest by lamplight"]
    body, truth = [], []
    for number, title in enumerate(titles):
        made, paragraphs = sentences("en", 34 + 6 * (number % 3), rng), []
        while made:
            take = rng.choice([2, 4, 6])
            paragraphs.append(" ".join(made[:take]))
            made = made[take:]
        truth.append({"heading": title, "paragraphs": paragraphs})
        inner = []
        for at, text in enumerate(paragraphs):
            if at == 2 and number % 2:
                inner.append("<aside><h4>In short</h4><ul><li>Tickets at the quay</li><li>Open from nine to five</li><li>Closed on Mondays</li></ul></aside>")
            if at == 4:
                inner.append(f"<p class='large'>{rng.choice(['It took one winter and a good lamp', 'Nobody keeps a boat to look at it', 'We count what the sea leaves us'])}</p>")
            if at in (3, 7):
                inner.append(f"<h3>{rng.choice(['Before the storm', 'The long way round', 'What was found'])}</h3>")
            inner.append(f"<p{' class=first' if at == 0 else ''}>{text}</p>")
        kind = ["two", "three", "one"][number % 3]
        body.append(f"<article><h1>{title}</h1><p class='by'>From our own correspondent</p><section class='{kind}'>" + "".join(inner) + "</section></article>")
    html = f"""<!doctype html><html lang="en"><meta charset="utf-8"><style>
@page {{ size: 200mm 260mm; margin: 24mm 18mm 22mm }} @page :left {{ @top-left {{ content: counter(page) " · Quarterly of the Coast"; font: 8pt "Noto Sans" }} }}
@page :right {{ @top-right {{ content: "Winter issue · " counter(page); font: 8pt "Noto Sans" }} }}
body {{ font: 9.5pt/1.45 "Noto Sans"; margin: 0 }} p {{ margin: 0 0 2mm; text-align: left }} h1 {{ font: bold 20pt "Noto Serif"; text-align: center; margin: 10mm 0 2mm; break-after: avoid }}
.by {{ text-align: center; font-style: italic; break-after: avoid }} h3 {{ font-size: 10.5pt; margin: 3mm 0 1mm; break-after: avoid }} h4 {{ font-size: 9.5pt; margin: 0 }}
.first::first-letter {{ font-size: 30pt; float: left; line-height: 0.9; margin-right: 1mm }} .large {{ font: italic 14pt "Noto Serif"; margin: 4mm 0; text-align: center }}
aside {{ border: 1px solid #555; padding: 2mm; margin: 3mm 0; break-inside: avoid; background: #eee }} ul {{ margin: 0; padding-left: 4mm }}
.two {{ columns: 2; column-gap: 7mm }} .three {{ columns: 3; column-gap: 6mm }}</style>{''.join(body)}</html>"""
    printed(html, HERE / "magazine-other.pdf")
    (HERE / "magazine-other.json").write_text(json.dumps({"running": ["Quarterly of the Coast", "Winter issue"], "quote": "", "articles": truth}, ensure_ascii=False, indent=1), encoding="utf-8")

def main():
    for language, paragraphs in PARAGRAPHS.items():
        clean = HERE / f"clean-{language}.pdf"
        printed(document(language, paragraphs), clean)
        pages = ["\n".join([HEADINGS[language], *paragraphs[:2]]), "\n".join(paragraphs[2:])]
        (HERE / f"{language}.txt").write_text("\f".join(pages), encoding="utf-8")
    for language in ["ar", "fa", "en", "ru"]:
        clean = HERE / f"clean-{language}.pdf"
        with_maps(clean, HERE / f"pua-{language}.pdf", to_private)
        with_maps(clean, HERE / f"nomap-{language}.pdf", None)
        with_maps(clean, HERE / f"shifted-{language}.pdf", shifted)
        if language in ("ar", "en"):
            run("gs", "-q", "-o", HERE / f"outlines-{language}.pdf", "-sDEVICE=pdfwrite", "-dNoOutputFonts", "-dLastPage=1", clean)
        scanned(clean, HERE / f"scan-{language}.pdf")
    with_maps(HERE / "clean-ru.pdf", HERE / "mojibake-ru.pdf", mojibake("cp1251"))
    with_maps(HERE / "clean-ar.pdf", HERE / "mojibake-ar.pdf", mojibake("cp1256"))
    for language in ["ar", "fa"]:
        reversed_layer(HERE / f"clean-{language}.pdf", HERE / f"reversed-{language}.pdf", language)
        printed(forms(language), HERE / f"forms-{language}.pdf")
    mixed = pikepdf.new()
    for name, page in [("clean-en", 0), ("scan-ar", 0), ("pua-fa", 1)]:
        with pikepdf.open(HERE / f"{name}.pdf") as part:
            mixed.pages.append(part.pages[page])
    mixed.save(HERE / "mixed.pdf", deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    for language in MAGAZINES:
        magazine(language)
    other_magazine()


if __name__ == "__main__":
    sys.exit(main())
