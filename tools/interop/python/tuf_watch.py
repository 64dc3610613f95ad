"""Reads a repository with python-tuf's ngclient over and over, and never forgives a failure.

Each round is a new Updater on one cache: refresh, then get_targetinfo of every target known when the round began.
With --anew each round begins with the cache as it was at first: none, or one of long ago. With --download a round
also downloads the targets that were not downloaded yet, and the last one again.
Lines on stdin, `{"path": …, "sha256": …}`, make a target known; the end of stdin ends the watch. Prints one JSON
object a round, and one for the whole watch at the end. Nothing is tried twice. Exit codes: 0 every round succeeded,
3 some did not.
"""

import argparse
import json
import os
import select
import shutil
import sys
from collections.abc import Iterator

import urllib3
from tuf.api.exceptions import DownloadHTTPError
from tuf.ngclient import FetcherInterface, Updater

KEPT_ERRORS = 50


class OnceFetcher(FetcherInterface):
    """Asks once for each file: python-tuf's own fetcher repeats a request that broke off."""

    def __init__(self) -> None:
        self._pool = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(30))

    def _fetch(self, url: str) -> Iterator[bytes]:
        response = self._pool.request("GET", url, preload_content=False)
        if response.status >= 400:
            response.drain_conn()
            raise DownloadHTTPError(f"{url}: {response.status}", response.status)
        return self._chunks(response)

    @staticmethod
    def _chunks(response: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
        try:
            yield from response.stream(65536)
        finally:
            response.release_conn()


class Known:
    """The targets named on stdin so far."""

    def __init__(self) -> None:
        self.targets: dict[str, str] = {}
        self._rest = b""

    def listen(self, seconds: float) -> bool:
        """Waits this long, or for the next lines; False at the end of stdin."""
        readable, _, _ = select.select([0], [], [], seconds)
        if not readable:
            return True
        chunk = os.read(0, 65536)
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            target = json.loads(line)
            self.targets[target["path"]] = target["sha256"]
        return chunk != b""


class Watch:
    def __init__(self, args: argparse.Namespace) -> None:
        self._args = args
        self._fetcher = OnceFetcher()
        with open(args.root, "rb") as root:
            self._bootstrap: bytes | None = root.read()
        self._first = f"{args.cache}.first"
        if args.anew:
            shutil.copytree(args.cache, self._first, symlinks=True)
        self.rounds = 0
        self.failed = 0
        self.timestamp = 0
        self.downloaded: set[str] = set()
        self.errors: list[dict] = []

    def round(self, targets: dict[str, str]) -> None:
        try:
            self._read(targets)
            self.rounds += 1
            line = {"round": self.rounds, "timestamp": self.timestamp, "known": len(targets)}
            say(line | {"downloaded": len(self.downloaded)})
        except Exception as error:  # noqa: BLE001 - whatever a client meets counts
            self.failed += 1
            told = {"type": type(error).__name__, "message": str(error), "cause": repr(error.__cause__)}
            told |= {"afterRounds": self.rounds, "timestamp": self.timestamp}
            self.errors = [*self.errors, told][:KEPT_ERRORS]
            say({"failed": self.failed, "error": told})

    def _read(self, targets: dict[str, str]) -> None:
        args = self._args
        if args.anew:
            shutil.rmtree(args.cache)
            shutil.copytree(self._first, args.cache, symlinks=True)
        updater = Updater(
            args.cache, args.metadata_url, None, args.targets_url, self._fetcher, bootstrap=self._bootstrap
        )
        if not args.anew:
            self._bootstrap = None
        updater.refresh()
        with open(os.path.join(args.cache, "timestamp.json"), "rb") as file:
            version = json.load(file)["signed"]["version"]
        if version < self.timestamp:
            raise ValueError(f"timestamp {version} after {self.timestamp}")
        self.timestamp = version
        for path, sha256 in targets.items():
            info = updater.get_targetinfo(path)
            if info is None:
                raise LookupError(f"{path} is no target")
            if info.hashes["sha256"] != sha256:
                raise ValueError(f"{path} has sha256 {info.hashes['sha256']}, not {sha256}")
            if args.download is not None and (path not in self.downloaded or path == list(targets)[-1]):
                # It compares what it got with length and hashes.
                updater.download_target(info, os.path.join(args.download, "target"))
                self.downloaded.add(path)


def say(line: dict) -> None:
    print(json.dumps(line), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--metadata-url", required=True)
    parser.add_argument("--targets-url", required=True)
    parser.add_argument("--root", required=True, help="the root to trust at first")
    parser.add_argument("--cache", required=True, help="trusted metadata, kept between rounds")
    parser.add_argument("--anew", action="store_true", help="every round begins with the cache as it was at first")
    parser.add_argument("--download", help="download targets too, into this folder")
    parser.add_argument("--pause", type=float, default=0.05, help="seconds between rounds")
    args = parser.parse_args()
    os.makedirs(args.cache, exist_ok=True)
    watch, known = Watch(args), Known()
    while known.listen(args.pause):
        watch.round(dict(known.targets))
    end = {"rounds": watch.rounds, "failed": watch.failed, "timestamp": watch.timestamp, "errors": watch.errors}
    say({"end": end})
    return 3 if watch.failed else 0


if __name__ == "__main__":
    sys.exit(main())
