#!/usr/bin/env python3
"""The SD image from its first start on emulated Raspberry Pis; started by scripts/check-image."""

import argparse
import pathlib
import sys

from card import Card, cuts
from machine import Died
from owner import faulty, filled
from regulators import registers


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--qemu", type=pathlib.Path, required=True, help="the folder QEMU was unpacked into")
    parser.add_argument("--tools", type=pathlib.Path, required=True, help="the folder with mtools and dtc")
    parser.add_argument("--work", type=pathlib.Path, required=True, help="where card.img and boot/ lie, and the logs go")
    parser.add_argument("--cuts", type=int, required=True)
    parser.add_argument("--every", type=int, required=True)
    options = parser.parse_args()
    card = Card(options)
    try:
        registers(card)
        filled(card)
        if options.cuts:
            cuts(card, options.cuts, options.every)
        faulty(card)
    except (Died, AssertionError) as failure:
        print(f"FAILED: {failure}\n  hint: the logs lie in {options.work}", file=sys.stderr)
        return 7
    print("the image: all held")
    return 0


if __name__ == "__main__":
    sys.exit(main())
