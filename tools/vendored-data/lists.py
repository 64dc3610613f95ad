"""Prints the vendored lists as one JSON object: file name -> content."""

import json
import keyword
from importlib.metadata import version

import stdlib_list
from packaging.licenses._spdx import EXCEPTIONS, LICENSES, VERSION
from packaging.utils import canonicalize_name
from trove_classifiers import deprecated_classifiers, sorted_classifiers


def prefixes(module):
    """``os``, ``os.path`` of ``os.path``: a package of the library counts though only its parts are listed."""
    parts = module.split(".")
    return [".".join(parts[: end + 1]) for end in range(len(parts))]


modules = {
    canonicalize_name(name.strip("-_."))
    for release in stdlib_list.short_versions
    for module in stdlib_list.stdlib_list(release)
    for name in prefixes(module)
}

print(
    json.dumps(
        {
            "classifiers": {
                "source": f"trove-classifiers {version('trove-classifiers')}",
                "classifiers": sorted_classifiers,
                "deprecated": deprecated_classifiers,
            },
            "spdx": {
                "source": f"SPDX {VERSION}, as in packaging {version('packaging')}",
                "licenses": sorted(entry["id"] for entry in LICENSES.values()),
                "exceptions": sorted(entry["id"] for entry in EXCEPTIONS.values()),
            },
            "python-words": {
                "source": f"stdlib-list {version('stdlib-list')}, Python {stdlib_list.short_versions[0]} to "
                f"{stdlib_list.short_versions[-1]}",
                "standardLibrary": sorted(name for name in modules if name),
                "keywords": sorted(keyword.kwlist),
            },
        }
    )
)
