"""Flattened device trees (Devicetree Specification 0.4, chapter 5): read, and followed from a device to its suppliers."""

import re
import struct
from collections.abc import Iterator

BEGIN_NODE, END_NODE, PROPERTY, NOP, END = 1, 2, 3, 4, 9

# Properties that name other nodes, and the property there that tells how many cells follow the name.
SUPPLIERS = {
    "clocks": "#clock-cells", "resets": "#reset-cells", "power-domains": "#power-domain-cells", "mboxes": "#mbox-cells",
    "phys": "#phy-cells", "dmas": "#dma-cells", "iommus": "#iommu-cells", "msi-parent": "#msi-cells", "pwms": "#pwm-cells",
    "interrupts-extended": "#interrupt-cells", "sound-dai": "#sound-dai-cells", "mmc-pwrseq": None, "phy-handle": None,
    "firmware": None, "interrupt-parent": None, "brcm,firmware": None,
}


class Node:
    """A node with its properties as bytes."""

    def __init__(self, name: str, parent: "Node | None"):
        self.name, self.parent = name, parent
        self.properties: dict[str, bytes] = {}
        self.children: list[Node] = []

    @property
    def path(self) -> str:
        above = self.parent.path.rstrip("/") if self.parent else ""
        return f"{above}/{self.name}"

    def words(self, name: str) -> list[str]:
        return [word.decode() for word in self.properties.get(name, b"").split(b"\0") if word]

    def cells(self, name: str) -> list[int]:
        return [cell for (cell,) in struct.iter_unpack(">I", self.properties.get(name, b""))]

    @property
    def compatible(self) -> list[str]:
        return self.words("compatible")

    @property
    def enabled(self) -> bool:
        on = self.words("status") in ([], ["okay"], ["ok"])
        return on and (self.parent is None or self.parent.enabled)

    def all(self) -> Iterator["Node"]:
        yield self
        for child in self.children:
            yield from child.all()


class DeviceTree:
    """A tree, with its nodes by path and by phandle."""

    def __init__(self, blob: bytes):
        magic, _, structure, strings = struct.unpack_from(">4I", blob)
        if magic != 0xD00DFEED:
            raise ValueError("this is no device tree")
        place, node = structure, None
        while True:
            (token,) = struct.unpack_from(">I", blob, place)
            place += 4
            if token == BEGIN_NODE:
                end = blob.index(b"\0", place)
                child = Node(blob[place:end].decode(), node)
                if node is None:
                    self.root = child
                else:
                    node.children.append(child)
                node, place = child, (end + 4) & ~3
            elif token == END_NODE:
                node = node.parent
            elif token == PROPERTY:
                length, offset = struct.unpack_from(">2I", blob, place)
                start = strings + offset
                name = blob[start:blob.index(b"\0", start)].decode()
                node.properties[name] = blob[place + 8:place + 8 + length]
                place = (place + 8 + length + 3) & ~3
            elif token == END:
                break
            elif token != NOP:
                raise ValueError(f"token {token} at byte {place - 4}")
        self.by_path = {node.path: node for node in self.root.all()}
        self.by_handle = {node.cells("phandle")[0]: node for node in self.root.all() if "phandle" in node.properties}

    @property
    def model(self) -> str:
        return " ".join(self.root.words("model"))

    def symbol(self, label: str) -> Node | None:
        """The node that overlays know by this label."""
        symbols = self.by_path.get("/__symbols__")
        found = symbols.words(label) if symbols else []
        return self.by_path.get(found[0]) if found else None

    def suppliers(self, node: Node) -> list[tuple[str, Node]]:
        """What the node's driver waits for: by which property, and the node."""
        found = []
        for name in node.properties:
            if re.fullmatch(r"pinctrl-\d+", name) or name.endswith("-supply"):
                found += [(name, self.by_handle[cell]) for cell in node.cells(name) if cell in self.by_handle]
            elif name in SUPPLIERS or re.search(r"(^|-)gpios?$", name):
                found += [(name, supplier) for supplier in self.named(node, name, SUPPLIERS.get(name, "#gpio-cells"))]
        if "interrupts" in node.properties:
            found += [("interrupts", controller) for controller in self.interrupt_parent(node)]
        if node.parent and node.parent.parent:
            found.append(("its bus", node.parent))
        return found

    def named(self, node: Node, name: str, cells_of: str | None) -> Iterator[Node]:
        cells, place = node.cells(name), 0
        while place < len(cells):
            supplier = self.by_handle.get(cells[place])
            place += 1
            if supplier is not None:
                yield supplier
                place += (supplier.cells(cells_of) or [0])[0] if cells_of else 0

    def interrupt_parent(self, node: Node) -> list[Node]:
        """The nearest one that is named at the node or above it, or that stands above it."""
        above = node
        while above is not None:
            if "interrupt-parent" in above.properties:
                controller = self.by_handle.get(above.cells("interrupt-parent")[0])
                return [controller] if controller not in (None, node) else []
            above = above.parent
            if above is not None and {"interrupt-controller", "interrupt-map"} & above.properties.keys():
                return [above]
        return []
