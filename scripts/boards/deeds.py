#!/usr/bin/env python3
"""What the maintainer scripts of the image's packages do to a system, held against a list of what the image does instead.

The scripts aren't run, as they would need the board's processor. Each line of them that leaves something behind must be in the
list, with the files that the image has for it, or with the reason why it needs none; so no new package brings an untreated one.
"""

import argparse
import fnmatch
import pathlib
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator

# Commands that leave something behind in files. What only talks to a running system, asks, or undoes what an older version
# did, doesn't matter to an image that is made anew.
COMMANDS = """
    add-shell addgroup adduser chgrp chmod chown cp dbus-uuidgen deb-systemd-helper depmod dpkg-statoverride groupadd groupmod
    install ldconfig ln localedef mkdir mv pam-auth-update pwconv setcap shadowconfig ssh-keygen systemd-hwdb systemd-sysusers
    systemd-tmpfiles tee touch ucf ucfr update-alternatives update-passwd update-rc.d update-shells useradd usermod
""".split()
COMMAND = re.compile(rf"(?:^|[;&|(){{]|\b(?:then|do|else|if|in_sysroot)\b|!)\s*((?:{'|'.join(map(re.escape, COMMANDS))})(?=\s).*)$"
                     r"|(systemctl(?: \S*root=\S*)? (?:enable|mask|preset) .*)$")
WRITES = re.compile(r">>?\s*(\"?\$?[\w{}/$.\"-]*[/}\w][^\s;&|)]*)")
NOISE = re.compile(r"\s*(?:[12]?>\s*/dev/null|2>&1|\|\| true|;\s*(?:then|fi|done)\b)\s*")
# The same for every package: what it says to dpkg and to other systems than systemd, or asks; files that systemd makes at each
# start; users, which are looked at for themselves.
WITHOUT_EFFECT = [
    "systemd-tmpfiles *--create *", "systemd-sysusers *",
    "deb-systemd-helper *unmask *", "deb-systemd-helper *was-enabled *", "deb-systemd-helper *update-state *", "deb-systemd-helper debian-installed *",
    "dpkg-statoverride --list *", "update-rc.d *", "chmod +x \"/etc/init.d/*", "mv *.dpkg-bak* *", "update-alternatives --remove *",
]


def deeds(script: str) -> Iterator[str]:
    """The lines of a script that change files; comments and here documents are left out."""
    end = None
    for line in re.sub(r"\\\n\s*", "", script).splitlines():
        line = line.strip()
        if end is not None:
            end = None if line == end else end
            continue
        if line.startswith("#"):
            continue
        if here := re.search(r"<<-?\s*['\"]?(\w+)", line):
            end = here.group(1)
        if found := COMMAND.search(line):
            yield NOISE.sub(" ", found.group(1) or found.group(2)).strip()
        elif any(not file.strip('"').startswith(("/dev/", "&")) for file in WRITES.findall(re.sub(r"'[^']*'|`[^`]*`|\"[^\"$]* [^\"]*\"", "", line))):
            yield line


def of_packages(folder: pathlib.Path) -> Iterator[tuple[str, str]]:
    """Each package below the folder, with its deeds."""
    for deb in sorted(folder.glob("*.deb")):
        with tempfile.TemporaryDirectory() as control:
            subprocess.run(["dpkg-deb", "-e", deb, control], check=True)
            for script in ("preinst", "postinst"):
                file = pathlib.Path(control, script)
                if file.exists():
                    yield from ((deb.name.split("_")[0], deed) for deed in deeds(file.read_text()))


def faults(treated: list[dict], debs: pathlib.Path, root: pathlib.Path) -> Iterator[str]:
    met = set()
    for package, deed in of_packages(debs):
        if any(fnmatch.fnmatchcase(deed, pattern) for pattern in WITHOUT_EFFECT):
            continue
        if deed.startswith("update-alternatives --install "):
            yield from (f"the root has no {link}, which {package} would make" for link in alternatives(deed) if not there(root, link))
            continue
        found = [number for number, entry in enumerate(treated)
                 if fnmatch.fnmatchcase(package, entry["package"]) and any(fnmatch.fnmatchcase(deed, pattern) for pattern in entry["deeds"])]
        met.update(found)
        if not found:
            yield f"{package} would do `{deed}`"
    for number, entry in enumerate(treated):
        if number not in met:
            yield f"no package does {entry['deeds'][0]} any more, as the list says of {entry['package']}"
        yield from (f"the root has no {file}, which {entry['package']} would make" for file in entry.get("has", []) if not there(root, file))
    yield from users(root)


def there(root: pathlib.Path, name: str) -> bool:
    """Whether a file is in the root; a link may lead to what is there only while the box runs."""
    file = root / name
    if not file.is_symlink():
        return file.exists()
    target = str(file.readlink())
    if target.startswith(("/run/", "/dev/", "../proc/")):
        return True
    return there(root, target.lstrip("/") if target.startswith("/") else str(pathlib.Path(name).parent / target))


def alternatives(deed: str) -> Iterator[str]:
    """The links that update-alternatives makes, but for manual pages."""
    for link in re.findall(r"--(?:install|slave) /(\S+)", deed):
        if not link.startswith("usr/share/man/"):
            yield link


def users(root: pathlib.Path) -> Iterator[str]:
    """Those that systemd-sysusers would make."""
    names = {kind: {line.split(":")[0] for line in (root / "etc" / file).read_text().splitlines()} for kind, file in (("u", "passwd"), ("g", "group"))}
    for file in sorted((root / "usr/lib/sysusers.d").glob("*.conf")):
        for line in file.read_text().splitlines():
            if (found := re.match(r"([ug])!?\s+(\S+)", line)) and found.group(2) not in names[found.group(1)]:
                yield f"the root has no {'user' if found.group(1) == 'u' else 'group'} {found.group(2)}, which {file.name} wants"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--debs", type=pathlib.Path, required=True, help="the packages that the root was made of")
    parser.add_argument("--root", type=pathlib.Path, required=True)
    parser.add_argument("--list", type=pathlib.Path, required=True)
    options = parser.parse_args()
    found = list(faults(tomllib.loads(options.list.read_text())["treated"], options.debs, options.root))
    for fault in found:
        print(f"error: {fault}", file=sys.stderr)
    if found:
        print(f"  hint: have scripts/pi/image-root do what it is for, and write it into {options.list}", file=sys.stderr)
    return 7 if found else 0


if __name__ == "__main__":
    sys.exit(main())
