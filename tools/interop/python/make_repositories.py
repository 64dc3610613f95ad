"""Makes TUF repositories as others make them, with python-tuf and with nothing of ours.

Each is a folder below the one given, with `metadata/`, `targets/` and the first root beside them as `root.json`:
  basic     python-tuf's basic example: no consistent snapshots, one delegation by path, two roots, hashes in snapshot
  hash-bins python-tuf's example of hash bins: a role `bins`, explicit prefixes, every version 1
  rstuf     RSTUF: succinct bins `bins-…` right below targets, one online key for bins, snapshot and timestamp
  tuf-on-ci tuf-on-ci: signers with P-256 and RSA, keys with extra fields, a delegated role, an open signature
"""

import sys
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from pathlib import Path

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    SuccinctRoles,
    TargetFile,
    Targets,
    Timestamp,
)
from tuf.api.serialization.json import JSONSerializer

READABLE = JSONSerializer(compact=False)
OFFLINE = 365
ONLINE = 7


def in_days(days: int) -> datetime:
    return (datetime.now(timezone.utc) + timedelta(days=days)).replace(microsecond=0)


class Repository:
    """Writes what it is given under the names that clients ask for."""

    def __init__(self, folder: Path, consistent: bool) -> None:
        self.folder = folder
        self.consistent = consistent
        (folder / "metadata").mkdir(parents=True)
        (folder / "targets").mkdir()

    def add_target(self, path: str, content: bytes, algorithms: list[str]) -> TargetFile:
        target = TargetFile.from_data(path, content, algorithms)
        names = [path]
        if self.consistent:
            directory, _, name = path.rpartition("/")
            names = [f"{directory}/{digest}.{name}".lstrip("/") for digest in target.hashes.values()]
        for name in names:
            file = self.folder / "targets" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        return target

    def write(self, role: str, metadata: Metadata, signers: Iterable[CryptoSigner]) -> bytes:
        metadata.signatures.clear()
        for signer in signers:
            metadata.sign(signer, append=True)
        return self.write_signed(role, metadata)

    def write_signed(self, role: str, metadata: Metadata) -> bytes:
        data = metadata.to_bytes(READABLE)
        numbered = f"{metadata.signed.version}.{role}.json"
        names = [numbered] if self.consistent and role != "timestamp" else [f"{role}.json"]
        if role == "root":
            names.append(numbered)
            if metadata.signed.version == 1:
                (self.folder / "root.json").write_bytes(data)
        for name in names:
            (self.folder / "metadata" / name).write_bytes(data)
        return data


def basic(folder: Path) -> None:
    repository = Repository(folder, consistent=False)
    names = ["root", "timestamp", "snapshot", "targets"]
    signers = {name: CryptoSigner.generate_ed25519() for name in [*names, "scripts"]}
    targets = Metadata(Targets(expires=in_days(OFFLINE)))
    both = ["sha256", "sha512"]
    targets.signed.targets["guide.txt"] = repository.add_target("guide.txt", b"a guide", both)
    scripts = Metadata(Targets(expires=in_days(OFFLINE)))
    scripts.signed.targets["tools/run.py"] = repository.add_target("tools/run.py", b"print()", both)
    key = signers["scripts"].public_key
    role = DelegatedRole("scripts", [key.keyid], 1, True, paths=["*.py", "*/*.py"])
    targets.signed.delegations = Delegations({key.keyid: key}, {"scripts": role})
    snapshot = Metadata(Snapshot(expires=in_days(ONLINE)))
    for name, metadata in [("targets", targets), ("scripts", scripts)]:
        data = repository.write(name, metadata, [signers[name]])
        snapshot.signed.meta[f"{name}.json"] = MetaFile.from_data(1, data, ["sha256"])
    data = repository.write("snapshot", snapshot, [signers["snapshot"]])
    timestamp = Metadata(Timestamp(expires=in_days(ONLINE)))
    timestamp.signed.snapshot_meta = MetaFile.from_data(1, data, ["sha256"])
    repository.write("timestamp", timestamp, [signers["timestamp"]])
    root = Metadata(Root(expires=in_days(OFFLINE), consistent_snapshot=False))
    for name in names:
        root.signed.add_key(signers[name].public_key, name)
    second = CryptoSigner.generate_ed25519()
    root.signed.add_key(second.public_key, "root")
    root.signed.roles["root"].threshold = 2
    repository.write("root", root, [signers["root"], second])
    third = CryptoSigner.generate_ed25519()
    root.signed.revoke_key(second.public_key.keyid, "root")
    root.signed.add_key(third.public_key, "root")
    root.signed.version = 2
    repository.write("root", root, [signers["root"], second, third])


def hash_bins(folder: Path) -> None:
    repository = Repository(folder, consistent=True)
    names = ["root", "timestamp", "snapshot", "targets", "bins", "bin-n"]
    signers = {name: CryptoSigner.generate_ed25519() for name in names}
    share = 8
    bins = {}
    roles = {}
    key = signers["bin-n"].public_key
    for low in range(0, 256, share):
        prefixes = [f"{prefix:02x}" for prefix in range(low, low + share)]
        name = f"{prefixes[0]}-{prefixes[-1]}"
        bins[name] = Metadata(Targets(expires=in_days(ONLINE)))
        roles[name] = DelegatedRole(name, [key.keyid], 1, False, path_hash_prefixes=prefixes)
    for number in range(40):
        path = f"files/{number}.txt"
        target = repository.add_target(path, f"file {number}".encode(), ["sha256"])
        name = next(name for name, role in roles.items() if role.is_delegated_path(path))
        bins[name].signed.targets[path] = target
    middle = Metadata(Targets(expires=in_days(OFFLINE)))
    middle.signed.delegations = Delegations({key.keyid: key}, roles)
    targets = Metadata(Targets(expires=in_days(OFFLINE)))
    key = signers["bins"].public_key
    role = DelegatedRole("bins", [key.keyid], 1, False, path_hash_prefixes=[f"{digit:x}" for digit in range(16)])
    targets.signed.delegations = Delegations({key.keyid: key}, {"bins": role})
    snapshot = Metadata(Snapshot(expires=in_days(ONLINE)))
    repository.write("targets", targets, [signers["targets"]])
    repository.write("bins", middle, [signers["bins"]])
    for name, metadata in bins.items():
        repository.write(name, metadata, [signers["bin-n"]])
    for name in ["targets", "bins", *bins]:
        snapshot.signed.meta[f"{name}.json"] = MetaFile(1)
    write_top(repository, signers, snapshot)


def rstuf(folder: Path) -> None:
    repository = Repository(folder, consistent=True)
    online = CryptoSigner.generate_ed25519()
    offline = CryptoSigner.generate_ed25519()
    signers = {"root": offline, "targets": online, "snapshot": online, "timestamp": online}
    key = online.public_key
    succinct = SuccinctRoles([key.keyid], 1, 4, "bins")
    bins = {name: Metadata(Targets(expires=in_days(ONLINE))) for name in succinct.get_roles()}
    for number in range(40):
        path = f"project/file-{number}.tar.gz"
        target = repository.add_target(path, f"file {number}".encode(), ["blake2b-256"])
        bins[succinct.get_role_for_target(path)].signed.targets[path] = target
    targets = Metadata(Targets(expires=in_days(OFFLINE)))
    targets.signed.delegations = Delegations({key.keyid: key}, succinct_roles=succinct)
    snapshot = Metadata(Snapshot(expires=in_days(ONLINE)))
    repository.write("targets", targets, [online])
    snapshot.signed.meta["targets.json"] = MetaFile(1)
    for number, (name, metadata) in enumerate(bins.items()):
        # Some were published more often than others; earlier versions stay.
        for version in range(1, 2 + number % 3):
            metadata.signed.version = version
            repository.write(name, metadata, [online])
        snapshot.signed.meta[f"{name}.json"] = MetaFile(metadata.signed.version)
    write_top(repository, signers, snapshot)


def tuf_on_ci(folder: Path) -> None:
    repository = Repository(folder, consistent=True)
    online = CryptoSigner.generate_ecdsa()
    people = [CryptoSigner.generate_ecdsa(), CryptoSigner.generate_rsa(scheme="rsassa-pss-sha256")]
    for number, person in enumerate(people):
        person.public_key.unrecognized_fields["x-tuf-on-ci-keyowner"] = f"@person{number}"
    online.public_key.unrecognized_fields["x-tuf-on-ci-online-uri"] = "awskms:alias/example"
    root = Root(expires=in_days(OFFLINE), consistent_snapshot=True)
    root.unrecognized_fields["x-tuf-on-ci-expiry-period"] = 365
    root.unrecognized_fields["x-tuf-on-ci-signing-period"] = 60
    for role in ["root", "targets"]:
        for person in people:
            root.add_key(person.public_key, role)
    for role in ["timestamp", "snapshot"]:
        root.add_key(online.public_key, role)
    root.roles["root"].threshold = 2
    repository.write("root", Metadata(root), people)
    delegated = Metadata(Targets(expires=in_days(OFFLINE)))
    delegated.signed.targets["docs/guide"] = repository.add_target("docs/guide", b"a guide", ["sha256"])
    targets = Metadata(Targets(expires=in_days(OFFLINE)))
    targets.signed.targets["top"] = repository.add_target("top", b"on top", ["sha256"])
    key = people[1].public_key
    role = DelegatedRole("docs", [key.keyid], 1, True, paths=["docs/*"])
    targets.signed.delegations = Delegations({key.keyid: key}, {"docs": role})
    repository.write("docs", delegated, [people[1]])
    targets.sign(people[0])
    # Who has not signed yet has an empty signature in the file.
    document = targets.to_dict()
    document["signatures"].append({"keyid": people[1].public_key.keyid, "sig": ""})
    repository.write_signed("targets", Metadata.from_dict(document))
    snapshot = Metadata(Snapshot(version=3, expires=in_days(ONLINE)))
    for name in ["targets", "docs"]:
        snapshot.signed.meta[f"{name}.json"] = MetaFile(1)
    repository.write("snapshot", snapshot, [online])
    timestamp = Metadata(Timestamp(version=7, expires=in_days(ONLINE)))
    timestamp.signed.snapshot_meta = MetaFile(3)
    repository.write("timestamp", timestamp, [online])


def write_top(repository: Repository, signers: dict[str, CryptoSigner], snapshot: Metadata) -> None:
    repository.write("snapshot", snapshot, [signers["snapshot"]])
    timestamp = Metadata(Timestamp(expires=in_days(ONLINE)))
    timestamp.signed.snapshot_meta = MetaFile(1)
    repository.write("timestamp", timestamp, [signers["timestamp"]])
    root = Metadata(Root(expires=in_days(OFFLINE), consistent_snapshot=True))
    for name in ["root", "timestamp", "snapshot", "targets"]:
        root.signed.add_key(signers[name].public_key, name)
    repository.write("root", root, [signers["root"]])


if __name__ == "__main__":
    below = Path(sys.argv[1])
    basic(below / "basic")
    hash_bins(below / "hash-bins")
    rstuf(below / "rstuf")
    tuf_on_ci(below / "tuf-on-ci")
