"""What an owner wants of a board, and the devices that it hangs on."""

import dataclasses
from collections.abc import Callable

from devicetree import DeviceTree, Node

# The chips that boards of one name were made with, as brcmfmac names them
# (linux: drivers/net/wireless/broadcom/brcm80211/brcmfmac/sdio.c, `brcmf_sdio_fwnames`).
WIFI_CHIPS = {
    "raspberrypi,model-zero-2-w": ["brcmfmac43430-sdio", "brcmfmac43430b0-sdio"],
    "raspberrypi,3-model-b": ["brcmfmac43430-sdio"],
    "raspberrypi,3-model-b-plus": ["brcmfmac43455-sdio"],
    "raspberrypi,3-model-a-plus": ["brcmfmac43455-sdio"],
    "raspberrypi,4-model-b": ["brcmfmac43455-sdio"],
    "raspberrypi,400": ["brcmfmac43456-sdio"],
    "raspberrypi,4-compute-module": ["brcmfmac43455-sdio"],
    "raspberrypi,5-model-b": ["brcmfmac43455-sdio"],
}

# Devices that their driver finds by another name than the device tree's: that of SDIO, of PCI, or as a part of another.
FOUND_OTHERWISE = {
    "brcm,bcm4329-fmac": "brcmfmac",
    "pci1de4,1": "rp1_pci",
    "brcm,bcm2835-hdmi": "vc4", "brcm,bcm2711-hdmi0": "vc4", "brcm,bcm2711-hdmi1": "vc4",
    "brcm,bcm2712-hdmi0": "vc4", "brcm,bcm2712-hdmi1": "vc4",
}


def such(*compatible: str, off: bool = False) -> Callable[[DeviceTree], list[Node]]:
    """The devices of these kinds that are switched on; with `off` also the others."""
    return lambda tree: [node for node in tree.root.all() if set(compatible) & set(node.compatible) and (off or node.enabled)]


def named(*labels: str) -> Callable[[DeviceTree], list[Node]]:
    """The devices that an overlay switches on."""
    return lambda tree: [node for label in labels if (node := tree.symbol(label))]


def cards(tree: DeviceTree) -> list[Node]:
    """The hosts of SD cards: those without a Wi-Fi chip."""
    return [node for node in tree.root.all() if node.enabled and (node.name.startswith("mmc@") or "sdhci" in node.name)
            and not any("fmac" in word for child in node.children for word in child.compatible)]


@dataclasses.dataclass
class Purpose:
    """`devices` finds where it begins; `modules` are those that no node of the tree asks for, as what they drive is found on
    a bus at run time, or made by another driver."""

    name: str
    devices: Callable[[DeviceTree], list[Node]] | None = None
    modules: tuple[str, ...] = ()
    early: bool = False
    # Where the tree has no such device, the board has none, and nothing is missing.
    optional: bool = False


PURPOSES = [
    Purpose("SD card", cards, ("mmc_block", "squashfs"), early=True),
    Purpose("state and owner's file", modules=("ext4", "vfat", "nls_cp437", "nls_ascii")),
    # With RP1, the Raspberry Pi 5's second chip, behind it: its driver asks for interrupts once, and gives up.
    Purpose("interrupts of PCIe", lambda tree: [supplier for node in such("brcm,bcm2712-pcie")(tree)
                                                for why, supplier in tree.suppliers(node) if why == "msi-parent"], early=True, optional=True),
    Purpose("USB", such("brcm,bcm2835-usb", "brcm,bcm2711-xhci", "snps,dwc3", "brcm,bcm2711-pcie", "brcm,bcm2712-pcie", "pci1de4,1"),
            ("xhci_pci", "xhci_plat_hcd", "usbhid", "hid_generic")),
    Purpose("USB camera", modules=("uvcvideo",)),
    Purpose("USB sound", modules=("snd_usb_audio",)),
    Purpose("USB stick", modules=("usb_storage", "uas", "sd_mod", "exfat", "hfsplus")),
    Purpose("Wi-Fi", such("brcm,bcm4329-fmac"), ("brcmfmac_wcc", "brcmfmac_cyw", "reset_gpio"), optional=True),
    # iwd does its cryptography through the kernel's sockets.
    Purpose("Wi-Fi's keys", modules=("algif_hash", "algif_skcipher", "cmac", "ecb", "cbc", "ctr", "des_generic", "md5")),
    Purpose("network cable", such("brcm,bcm2711-genet-v5", "raspberrypi,rp1-gem"), ("smsc95xx", "lan78xx", "broadcom"), optional=True),
    Purpose("pins", such("brcm,bcm2835-gpio", "brcm,bcm2711-gpio", "raspberrypi,rp1-gpio")),
    Purpose("SPI (WS2812)", named("spi"), ("spidev",)),
    Purpose("I2S sound", named("i2s"), ("snd_soc_pcm5102a", "snd_soc_simple_card")),
    Purpose("3.5 mm jack", such("brcm,bcm2835-vchiq"), ("snd_bcm2835",), optional=True),
    Purpose("HDMI sound", such("brcm,bcm2835-hdmi", "brcm,bcm2711-hdmi0", "brcm,bcm2711-hdmi1", "brcm,bcm2712-hdmi0", "brcm,bcm2712-hdmi1",
                               "brcm,bcm2835-vc4", "brcm,bcm2711-vc5", "brcm,bcm2712-vc6")),
    Purpose("clock speed", such("raspberrypi,firmware-clocks"), ("raspberrypi_cpufreq", "cpufreq_dt")),
    Purpose("temperature", such("brcm,bcm2837-thermal", "brcm,bcm2711-thermal"), optional=True),
    Purpose("low voltage", modules=("raspberrypi_hwmon",)),
    Purpose("watchdog", such("brcm,bcm2835-pm-wdt"), ("bcm2835_wdt",)),
    Purpose("ribbon camera", such("brcm,bcm2835-unicam", "raspberrypi,rp1-cfe", off=True), ("imx219", "imx708", "ov5647", "imx477")),
]
