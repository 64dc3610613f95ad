"""Downloads targets with python-tuf's ngclient, starting its trust at a given root.

Prints one JSON object. Exit codes: 0 all targets downloaded, 3 refused by the client's verification, 4 no such
target, 6 something could not be downloaded.
"""

import argparse
import hashlib
import json
import os
import sys
import time
import urllib.parse

from tuf.api.exceptions import DownloadError, DownloadLengthMismatchError, RepositoryError
from tuf.ngclient import Updater


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--metadata-url", required=True)
    parser.add_argument("--targets-url", required=True)
    parser.add_argument("--root", required=True, help="the root to trust at first")
    parser.add_argument("--cache", required=True, help="trusted metadata, kept between runs")
    parser.add_argument("--out", required=True)
    parser.add_argument("paths", nargs="*")
    args = parser.parse_args()
    os.makedirs(args.cache, exist_ok=True)
    os.makedirs(args.out, exist_ok=True)
    with open(args.root, "rb") as root:
        bootstrap = root.read()
    try:
        return download(args, bootstrap)
    # A target longer than signed is cut off by the fetcher, which calls it a failed download.
    except (RepositoryError, DownloadLengthMismatchError) as error:
        return fail(error, 3)
    except DownloadError as error:
        return fail(error, 6)


def download(args: argparse.Namespace, bootstrap: bytes) -> int:
    started = time.perf_counter()
    updater = Updater(args.cache, args.metadata_url, args.out, args.targets_url, bootstrap=bootstrap)
    updater.refresh()
    refreshed = time.perf_counter()
    files, missing = [], []
    for path in args.paths:
        info = updater.get_targetinfo(path)
        if info is None:
            missing.append(path)
            continue
        local = updater.download_target(info, os.path.join(args.out, urllib.parse.quote(path, "")))
        with open(local, "rb") as file:
            content = file.read()
        files.append({"path": path, "sha256": hashlib.sha256(content).hexdigest(), "length": len(content), "file": local})
    answer = {"files": files, "missing": missing, "versions": versions(args.cache), "bins": bins(args.cache)}
    answer["refreshMs"] = round((refreshed - started) * 1000)
    print(json.dumps(answer))
    return 4 if missing else 0


def signed(cache: str, role: str) -> dict:
    with open(os.path.join(cache, f"{role}.json"), "rb") as file:
        return json.load(file)["signed"]


def versions(cache: str) -> dict:
    return {role: signed(cache, role)["version"] for role in ("root", "timestamp", "snapshot", "targets")}


def bins(cache: str) -> int:
    """How many roles the top-level targets delegate to, as far as they are bins of this repository."""
    count = 0
    for name in signed(cache, "snapshot")["meta"]:
        count += name.startswith("bin-")
    return count


def fail(error: Exception, code: int) -> int:
    print(json.dumps({"error": {"type": type(error).__name__, "message": str(error)}}))
    return code


if __name__ == "__main__":
    sys.exit(main())
