#!/usr/bin/env python3
"""Writes the list with which Raspberry Pi Imager offers the image (rpi-imager: doc/json-schema/os-list-schema.json)."""

import argparse
import hashlib
import json
import pathlib
import time


def digest(file: pathlib.Path) -> str:
    with open(file, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--card", type=pathlib.Path, required=True, help="the image as it is on a card")
    parser.add_argument("--packed", type=pathlib.Path, required=True, help="the same, as it is downloaded; .bmap and icon lie beside it")
    parser.add_argument("--date", type=int, required=True, help="seconds since 1970")
    options = parser.parse_args()
    packed = options.packed.resolve()
    entry = {
        "name": "Moodbox",
        "description": "The box that answers an expression with light and music",
        "icon": (packed.parent / "moodbox.svg").as_uri(),
        "url": packed.as_uri(),
        "bmap_url": (packed.parent / "moodbox.img.bmap").as_uri(),
        "extract_size": options.card.stat().st_size,
        "extract_sha256": digest(options.card),
        "image_download_size": packed.stat().st_size,
        "image_download_sha256": digest(packed),
        "release_date": time.strftime("%Y-%m-%d", time.gmtime(options.date)),
        # The box reads rpi-preseed.toml, which Imager from 2.0.11 on writes; older ones are told so by the box.
        "init_format": "rpi-preseed",
        "architecture": "armv8",
        "devices": ["pi5-64bit", "pi4-64bit", "pi3-64bit"],
    }
    print(json.dumps({"os_list": [entry]}, indent=2))


if __name__ == "__main__":
    main()
