"""Whether a list for Raspberry Pi Imager is as Imager wants it.

What Imager needs of an entry is here in our words; with the schema that its makers publish (doc/json-schema/os-list-schema.json
of raspberrypi/rpi-imager, named as the second argument) it is held against that, too.
"""

import json
import pathlib
import sys

import jsonschema

ADDRESS = {"type": "string", "pattern": "^(file|https)://"}
SHA256 = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
SIZE = {"type": "integer", "minimum": 1}
WANTED = {
    "name": {"type": "string"}, "description": {"type": "string"}, "icon": ADDRESS, "url": ADDRESS, "bmap_url": ADDRESS,
    "extract_size": SIZE, "extract_sha256": SHA256, "image_download_size": SIZE, "image_download_sha256": SHA256,
    "release_date": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
    "init_format": {"enum": ["none", "systemd", "cloudinit", "cloudinit-rpi", "rpi-preseed"]},
    "architecture": {"enum": ["armel", "armhf", "armv8"]},
    "devices": {"type": "array", "minItems": 1, "items": {"type": "string"}},
}
ENTRY = {"type": "object", "properties": WANTED, "required": list(WANTED), "additionalProperties": False}
LIST = {"type": "object", "properties": {"os_list": {"type": "array", "minItems": 1, "items": ENTRY}}, "required": ["os_list"]}

listed = json.loads(pathlib.Path(sys.argv[1]).read_text())
published = [json.loads(pathlib.Path(file).read_text()) for file in sys.argv[2:] if file]
for schema in [LIST, *published]:
    try:
        jsonschema.validate(listed, schema)
    except jsonschema.ValidationError as wrong:
        print(f"error: {wrong.message} at {'/'.join(map(str, wrong.absolute_path))}", file=sys.stderr)
        sys.exit(7)
print(f"the list is valid by {1 + len(published)} schema{'s' if published else ''}")
