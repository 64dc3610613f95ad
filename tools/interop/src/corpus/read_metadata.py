"""What distribution files state about themselves, read with the standard library alone.

Prints one JSON object: file name -> facts. `metadata` has every header of the core metadata by its lower-case name,
as a list of values as they stand; `description` is the body, or the header of that name.
"""

import email.parser
import email.policy
import hashlib
import json
import os
import sys
import tarfile
import zipfile


def core_metadata(path: str) -> bytes:
    if path.endswith(".whl"):
        with zipfile.ZipFile(path) as archive:
            name = next(n for n in archive.namelist() if n.count("/") == 1 and n.endswith(".dist-info/METADATA"))
            return archive.read(name)
    if path.endswith(".zip"):
        with zipfile.ZipFile(path) as archive:
            name = next(n for n in archive.namelist() if n.count("/") == 1 and n.endswith("/PKG-INFO"))
            return archive.read(name)
    with tarfile.open(path) as archive:
        name = next(n for n in archive.getnames() if n.count("/") == 1 and n.endswith("/PKG-INFO"))
        return archive.extractfile(name).read()


def facts(path: str) -> dict:
    with open(path, "rb") as file:
        content = file.read()
    raw = core_metadata(path)
    parsed = email.parser.Parser(policy=email.policy.compat32).parsestr(raw.decode("utf-8", "replace"))
    headers = {}
    for name, value in parsed.items():
        headers.setdefault(name.lower(), []).append(value)
    return {
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "md5": hashlib.md5(content).hexdigest(),
        "blake2b_256": hashlib.blake2b(content, digest_size=32).hexdigest(),
        "metadataSha256": hashlib.sha256(raw).hexdigest() if path.endswith(".whl") else None,
        "metadata": headers,
        "description": parsed.get_payload() or "".join(headers.get("description", [])),
    }


print(json.dumps({os.path.basename(path): facts(path) for path in sys.argv[1:]}))
