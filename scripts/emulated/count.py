#!/usr/bin/env python3
"""Instructions of one press on arm64, stage by stage; started by `scripts/virtual-pi --count`.

The emulated board's clock goes on by one nanosecond with each instruction while it is busy, so a stage's milliseconds, as
the box itself measures them, are its millions of instructions. One core; what the kernel does while a stage runs is counted
with it. The clock's own steps are 16 instructions. Nothing here depends on this machine's speed.
"""

import argparse
import json
import sys

import boards
from machine import Died

PICTURES = ["1-astronaut", "2-desk", "3-admiral", "4-cat"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    boards.add_arguments(parser)
    parser.add_argument("--looks", type=int, default=3)
    options = parser.parse_args()
    options.work = options.work / "count"
    try:
        with boards.boot(options, "chip", still=True) as machine:
            files = " ".join(f"/root/{name}.jpg" for name in PICTURES)
            looks = machine.run(f"moodbox look --json {' '.join([files] * options.looks)}")
            bench = machine.run(f"moodbox bench --simulate --json --runs {options.looks}")
    except (AssertionError, Died) as failure:
        print(f"error: {failure}\n  hint: the logs lie in {options.work}", file=sys.stderr)
        return 7
    looks = [json.loads(line) for line in looks.splitlines() if line.startswith("{")]
    stages = list(looks[0]["ms"])
    print(f"millions of instructions a look (arm64, one core), the least of {options.looks}")
    print("| picture | outcome | " + " | ".join(stages) + " |")
    print("| --- | --- |" + " ---: |" * len(stages))
    for name in PICTURES:
        mine = [look for look in looks if name in look["file"]]
        cells = [f"{min(look['ms'][stage] or 0 for look in mine):.1f}" for stage in stages]
        print(f"| {name} | {mine[0]['outcome']} | " + " | ".join(cells) + " |")
    print(f"\nmillions of instructions a stage (`moodbox bench --simulate`), the median of {options.looks}")
    print("| stage | median |\n| --- | ---: |")
    for stage in json.loads(bench)["stages"]:
        if "onset" in stage["stage"]:
            continue  # A time that is waited, not computed.
        print(f"| {stage['stage']} | {stage['median_ms']:.1f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
