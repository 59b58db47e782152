"""The two emulated boards, as QEMU's command lines."""

import os
import pathlib
import platform

from machine import Machine


def add_arguments(parser) -> None:
    parser.add_argument("--qemu", type=pathlib.Path, required=True, help="the folder QEMU was unpacked into")
    parser.add_argument("--kernel", type=pathlib.Path, required=True, help="the folder with vmlinuz and dtb/")
    parser.add_argument("--initrd", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True, help="where logs and recordings go")


def boot(options, board: str, boot_limit: float = 3600, extra: tuple[str, ...] = (), still: bool = False) -> Machine:
    """`pi` is a Raspberry Pi 3B, `chip` a generic arm64 board without GPIO of its own, `host` one of this processor.

    The guest's clock goes on by one nanosecond with each instruction (-icount shift=0), and while it has nothing to do, with
    ours. So each board does 1000 million instructions a second, its four cores together, about what one core of a Raspberry
    Pi 3 does, however slow or busy this machine is.

    While it has nothing to do its clock follows ours, and it is late whenever this machine wakes it late. A board that is
    `still` has a time of its own: it jumps to its next timer, and stands still while no command runs on it.
    """
    folder = options.work.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    of_host = "x86_64" if board == "host" and platform.machine() == "x86_64" else "aarch64"
    command = [str(options.qemu / f"usr/bin/qemu-system-{of_host}"), "-L", str(options.qemu / "usr/share/qemu"),
               "-L", str(options.qemu / "usr/share/seabios"),
               "-accel", "tcg", "-icount", "shift=0,sleep=off" if still else "shift=0", "-nodefaults", "-display", "none", "-monitor", "none", "-no-reboot",
               "-kernel", str(options.kernel / "vmlinuz"), "-initrd", str(options.initrd)]
    console = f"unix:{folder}/console,server=on,wait=off"
    words = "rdinit=/init panic=-1 quiet"
    if board == "pi":
        # Debian's kernel has no /dev/gpiomem; iomem=relaxed lets root map the pins through /dev/mem. Its device tree
        # puts the console on the mini UART, QEMU's second serial line.
        command += ["-M", "raspi3b", "-dtb", str(options.kernel / "dtb/broadcom/bcm2837-rpi-3-b.dtb"),
                    "-append", f"{words} console=ttyS1,115200 iomem=relaxed", "-serial", "null", "-serial", console,
                    "-qtest", f"unix:{folder}/qtest,server=on,wait=off", "-qtest-log", "none"]
    elif of_host == "x86_64":
        command += ["-M", "q35", "-cpu", "max", "-smp", "4", "-m", "1024", "-append", f"{words} console=ttyS0", "-serial", console]
    else:
        command += ["-M", "virt", "-cpu", "cortex-a53", "-smp", "4", "-m", "1024", "-append", f"{words} console=ttyAMA0", "-serial", console]
    if still:
        command += ["-qmp", f"unix:{folder}/qmp,server=on,wait=off"]
    # QEMU is unpacked, not installed: its libraries lie beside it.
    libraries = [str(folder) for lib in ("usr/lib", "lib") for folder in (options.qemu / lib).glob("*-linux-gnu")]
    environment = os.environ | {"LD_LIBRARY_PATH": ":".join(libraries)}
    return Machine([*command, *extra], folder, environment, boot_limit)
