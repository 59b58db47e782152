"""The SD card's host of a Raspberry Pi 4 on QEMU's model of it: it waits for the regulators that feed the card."""

import os
import subprocess

from card import Card, step

# What QEMU's raspi4b has no model of, or one that Debian's drivers stop at. So the console is the other serial line, which has
# no Bluetooth here.
MISSING = ("interrupt-controller@7ef00100", "hdmi@7ef00700", "i2c@7ef04500", "hdmi@7ef05700", "i2c@7ef09500", "clock@7ef00000",
           "serial@7e215040", "serial@7e201000/bluetooth")
# The regulators' pins are those of a chip that QEMU lacks; they get pins of the board's own, which nothing else has.
PINS = (("/regulator-sd-io-1v8", "gpios", "44"), ("/regulator-sd-vcc", "gpio", "45"))
HOST = "fe340000.mmc"


def device_tree(card: Card) -> str:
    tree = "raspi4b.dtb"
    (card.boot / tree).write_bytes((card.boot / "bcm2711-rpi-4-b.dtb").read_bytes())
    environment = os.environ | {"LD_LIBRARY_PATH": ":".join(str(folder) for folder in (card.options.tools / "usr/lib").glob("*-linux-gnu"))}

    def fdt(tool: str, *words: str) -> str:
        return subprocess.run([card.options.tools / "usr/bin" / tool, *words], check=True, env=environment, capture_output=True, text=True).stdout

    file = str(card.boot / tree)
    for node in MISSING:
        fdt("fdtput", "-t", "s", file, f"/soc/{node}", "status", "disabled")
    pins = fdt("fdtget", file, "/soc/gpio@7e200000", "phandle").strip()
    for node, name, pin in PINS:
        fdt("fdtput", file, node, name, pins, pin, "0")
    return tree


def registers(card: Card) -> None:
    """With the image's own initrd the host registers; with one that lacks the regulators it waits, as it did once."""
    tree = device_tree(card)
    words = "console=ttyAMA0,115200 clk_ignore_unused panic=-1"
    with card.start("initrd.img", f"{words} root=PARTUUID=none loglevel=7", "raspi4b.log", machine="raspi4b", tree=tree, uart=0) as line:
        line.wait_for(rf"mmc\d: SDHCI controller on {HOST}".encode(), 3600)
    step("Raspberry Pi 4: the SD card's host registers with the image's initrd")
    with card.start("without.img", f"{words} quiet", "raspi4b-without.log", machine="raspi4b", tree=tree, uart=0) as line:
        found = line.wait_for(rb"deferred: \[(.*)\] hosts: \[(.*)\]\r?\n", 3600)
        assert HOST.encode() in found.group(1) and not found.group(2), f"without regulators it says {found.group(0)}"
    step("Raspberry Pi 4: without the regulators in the initrd it waits for them")
