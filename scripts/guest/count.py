#!/usr/bin/env python3
"""Instructions of one look on arm64, stage by stage; started by `scripts/virtual-pi --count`.

With `-icount shift=0` QEMU's clock goes on by one nanosecond with each instruction, and no other way, so a stage's
milliseconds, as the box itself measures them, are its millions of instructions. One core; the kernel's share while a
stage runs is counted with it. The figure has the clock's resolution: 16 instructions at 62.5 MHz.
"""

import argparse
import json
import statistics
import sys

import boards
from machine import Died


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    boards.add_arguments(parser)
    parser.add_argument("--looks", type=int, default=5)
    options = parser.parse_args()
    options.work = options.work / "count"
    pictures = ["1-astronaut", "2-desk", "3-admiral", "4-cat"]
    try:
        with boards.boot(options, "chip", ("-icount", "shift=0,sleep=off"), boot_limit=1800) as machine:
            files = " ".join(f"/root/{name}.jpg" for name in pictures)
            # The first look warms caches of code; the median of the others counts.
            answers = machine.run(f"moodbox look --json {' '.join([files] * options.looks)}", 3600)
    except Died as failure:
        print(f"error: {failure}\n  hint: the logs lie in {options.work}", file=sys.stderr)
        return 7
    looks = [json.loads(line) for line in answers.splitlines() if line.startswith("{")]
    stages = [stage for stage in looks[0]["ms"]]
    print("millions of instructions a look (arm64, one core), median of", options.looks)
    print("| picture | outcome | " + " | ".join(stages) + " |")
    print("| --- | --- |" + " ---: |" * len(stages))
    for name in pictures:
        mine = [look for look in looks if name in look["file"]]
        cells = [f"{statistics.median(look['ms'][stage] or 0 for look in mine):.1f}" for stage in stages]
        print(f"| {name} | {mine[0]['outcome']} | " + " | ".join(cells) + " |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
