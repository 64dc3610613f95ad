-- What the sweep remembers between its rounds (docs/adr/0008-deleting-under-a-lease.md).

-- Objects that nothing referred to when they were last looked at, and since when that is known.
CREATE TABLE signer.unreferenced (
  key        text PRIMARY KEY,
  first_seen timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX unreferenced_first_seen ON signer.unreferenced (first_seen);

-- Objects that somebody was told to delete: while a row is here, nothing signed may name its key.
-- deleted_at: when the deletion is known to have worked. lasting: a stopped process may yet delete the
-- object, whatever has become of it since, so the row stays for good.
CREATE TABLE signer.condemned (
  key          text PRIMARY KEY,
  fence        bigint NOT NULL,
  condemned_at timestamptz NOT NULL DEFAULT now(),
  deleted_at   timestamptz,
  lasting      boolean NOT NULL DEFAULT false
);
CREATE INDEX condemned_undeleted ON signer.condemned (key) WHERE deleted_at IS NULL;

-- The sweep asks for the paths that are not served, few among millions.
CREATE INDEX path_gone ON signer.path (target_path) WHERE state <> 'live';

GRANT SELECT, INSERT, DELETE ON signer.unreferenced TO rind_signer;
GRANT SELECT, INSERT, UPDATE, DELETE ON signer.condemned TO rind_signer;
