#!/usr/bin/env python3
"""How fast PyPI pdqhash, which wraps Meta's C++, hashes: a peer of crates/likeness/examples/pdq_speed.rs, which runs it.

`pdqhash_speed.py RGB SIDE JPEG SECONDS`. `pip install pdqhash pillow numpy` (0.2.8, 13.0, 2.4). It hashes every pixel, where
Meta's hasher resizes what is over 512 pixels; the file is resized here by Pillow as Meta's does it, before it is hashed.
Prints "NAME;HASH QUALITY;SECONDS..." of the pixels and of the file: seconds a picture in batches of at least 5 ms.
"""
import sys
import time
from importlib.metadata import version
from pathlib import Path

import numpy
import pdqhash
from PIL import Image


def timed(name, act, seconds):
    bits, quality = act()
    digits = f"{int(''.join(str(int(bit)) for bit in bits), 2):064x}"
    batches, begun = [], time.perf_counter()
    while time.perf_counter() - begun < seconds:
        start, times = time.perf_counter(), 0
        while time.perf_counter() - start < 0.005:
            act()
            times += 1
        batches.append((time.perf_counter() - start) / times)
    print(f"{name};{digits} {quality};{' '.join(f'{batch:.9f}' for batch in batches)}")


def main():
    if len(sys.argv) != 5:
        sys.exit("usage: pdqhash_speed.py RGB SIDE JPEG SECONDS")
    side, seconds = int(sys.argv[2]), float(sys.argv[4])
    pixels = numpy.frombuffer(Path(sys.argv[1]).read_bytes(), dtype=numpy.uint8).reshape(side, side, 3)

    def file():
        image = numpy.asarray(Image.open(sys.argv[3]).convert("RGB"))
        height, width = image.shape[:2]
        if height > 512 or width > 512:
            at = numpy.arange(512)
            image = numpy.ascontiguousarray(image[at * height // 512][:, at * width // 512])
        return pdqhash.compute(image)

    name = f"PyPI pdqhash {version('pdqhash')}"
    timed(name, lambda: pdqhash.compute(pixels), seconds)
    timed(f"{name}, decoded by Pillow {version('pillow')}", file, seconds)


if __name__ == "__main__":
    main()
