-- Database `index`. Two schemas, two roles: what each role may write is the trust boundary of
-- docs/architecture.md and is tested by tampering as `rind_warehouse`.
CREATE SCHEMA warehouse;
CREATE SCHEMA signer;

-- ---------------------------------------------------------------- warehouse: what it may write
CREATE TABLE warehouse.project (
  name         text PRIMARY KEY,
  display_name text NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now()
);

-- A row outlives deletion: it is the register of file names that may never be used again.
CREATE TABLE warehouse.file (
  id                   uuid PRIMARY KEY,
  project              text NOT NULL REFERENCES warehouse.project (name),
  version              text NOT NULL,
  filename             text NOT NULL UNIQUE,
  target_path          text NOT NULL UNIQUE,
  package_type         text NOT NULL,
  python_version       text NOT NULL,
  length               bigint NOT NULL,
  sha256               text NOT NULL,
  sha512               text NOT NULL,
  blake2b256           text NOT NULL UNIQUE,
  md5                  text NOT NULL,
  requires_python      text,
  core_metadata_sha256 text,
  uploaded_at          timestamptz NOT NULL,
  uploader             text NOT NULL,
  form                 jsonb NOT NULL,
  custom               jsonb NOT NULL DEFAULT '{}',
  hold_until           timestamptz
);
CREATE INDEX file_project ON warehouse.file (project);
CREATE INDEX file_sha256 ON warehouse.file (sha256);

-- One row an accepted upload (or operator's request): the receipt.
CREATE TABLE warehouse.upload (
  id          uuid PRIMARY KEY,
  file_id     uuid REFERENCES warehouse.file (id),
  grant_id    uuid NOT NULL,
  target_path text NOT NULL,
  sha256      text,
  accepted_at timestamptz NOT NULL DEFAULT now(),
  custom      jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX upload_file ON warehouse.upload (file_id, accepted_at DESC);
CREATE INDEX upload_sha256 ON warehouse.upload (sha256, accepted_at DESC);
CREATE INDEX upload_accepted ON warehouse.upload (accepted_at DESC);
CREATE INDEX upload_grant ON warehouse.upload (grant_id);

-- ---------------------------------------------------------------- signer
CREATE TABLE signer.lease (
  name       text PRIMARY KEY,
  holder     text,
  fence      bigint NOT NULL DEFAULT 0,
  expires_at timestamptz NOT NULL DEFAULT '-infinity'
);
INSERT INTO signer.lease (name) VALUES ('writer');

-- States, never "id greater than the last seen": late commits would be lost.
CREATE TABLE signer.outbox (
  id                   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  upload_id            uuid NOT NULL,
  target_path          text NOT NULL CHECK (length(target_path) <= 600),
  envelope             bytea NOT NULL CHECK (length(envelope) <= 16384),
  core_metadata_sha256 text CHECK (core_metadata_sha256 ~ '^[0-9a-f]{64}$'),
  enqueued_at          timestamptz NOT NULL DEFAULT now(),
  state                text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'taken', 'published', 'set-aside')),
  publication_id       bigint,
  reason               text
);
CREATE INDEX outbox_open ON signer.outbox (id) WHERE state IN ('pending', 'taken');
CREATE INDEX outbox_set_aside ON signer.outbox (id) WHERE state = 'set-aside';
CREATE INDEX outbox_upload ON signer.outbox (upload_id);
CREATE INDEX outbox_publication ON signer.outbox (publication_id);

CREATE TABLE signer.publication (
  id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  fence             bigint NOT NULL,
  kind              text NOT NULL CHECK (kind IN ('ceremony', 'changes', 'refresh', 'takeover')),
  state             text NOT NULL CHECK (state IN ('open', 'prepared', 'closed', 'abandoned')),
  snapshot_version  bigint,
  timestamp_version bigint,
  timestamp_sha256  text,
  files             integer NOT NULL DEFAULT 0,
  bins              integer NOT NULL DEFAULT 0,
  opened_at         timestamptz NOT NULL DEFAULT now(),
  closed_at         timestamptz,
  duration_ms       double precision,
  custom            jsonb NOT NULL DEFAULT '{}',
  hold_until        timestamptz
);
CREATE INDEX publication_open ON signer.publication (id) WHERE state IN ('open', 'prepared');
CREATE INDEX publication_snapshot ON signer.publication (snapshot_version);

-- The granted facts of every path that was ever signed. Write-once: (target_path, sha256).
CREATE TABLE signer.path (
  target_path          text PRIMARY KEY,
  project              text NOT NULL,
  filename             text NOT NULL,
  state                text NOT NULL CHECK (state IN ('live', 'deleted', 'revoked')),
  length               bigint NOT NULL,
  sha256               text NOT NULL,
  sha512               text NOT NULL,
  blake2b256           text NOT NULL,
  requires_python      text,
  core_metadata_sha256 text,
  uploaded_at          text NOT NULL,
  yanked               boolean NOT NULL DEFAULT false,
  yanked_reason        text,
  last_seq             bigint NOT NULL,
  bin                  integer NOT NULL,
  publication_id       bigint NOT NULL
);
CREATE INDEX path_project ON signer.path (project);
CREATE INDEX path_bin ON signer.path (bin);

CREATE TABLE signer.project (
  name           text PRIMARY KEY,
  status         text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'archived', 'quarantined', 'deprecated')),
  status_reason  text,
  last_seq       bigint NOT NULL DEFAULT 0,
  page_sha256    text,
  page_length    integer,
  page_bin       integer,
  publication_id bigint NOT NULL
);

-- What a publication will do to path, project and bin once its timestamp is out: closing copies it over.
CREATE TABLE signer.publication_path (
  LIKE signer.path INCLUDING DEFAULTS INCLUDING CONSTRAINTS,
  PRIMARY KEY (publication_id, target_path)
);
CREATE TABLE signer.publication_project (
  LIKE signer.project INCLUDING DEFAULTS INCLUDING CONSTRAINTS,
  PRIMARY KEY (publication_id, name)
);

-- The bins as last committed. A bin's version is counter * 32768 + idx: no two bins ever share one.
CREATE TABLE signer.bin (
  idx            integer PRIMARY KEY,
  version        bigint NOT NULL,
  next_counter   bigint NOT NULL,
  expires        timestamptz NOT NULL,
  length         integer NOT NULL,
  targets        integer NOT NULL,
  publication_id bigint NOT NULL
);
CREATE INDEX bin_expires ON signer.bin (expires);
CREATE TABLE signer.publication_bin (
  publication_id bigint NOT NULL,
  idx            integer NOT NULL,
  version        bigint NOT NULL,
  expires        timestamptz,
  length         integer,
  targets        integer,
  PRIMARY KEY (publication_id, idx)
);

-- root, targets, bins, snapshot, timestamp: what is published, and the next number never used yet.
CREATE TABLE signer.role (
  name         text PRIMARY KEY,
  version      bigint NOT NULL,
  next_version bigint NOT NULL,
  expires      timestamptz NOT NULL
);

-- Every grant that was applied, verbatim: a rebuild verifies each again. Append-only.
CREATE TABLE signer.applied_grant (
  id             uuid PRIMARY KEY,
  seq            bigint NOT NULL,
  verb           text NOT NULL,
  project        text NOT NULL,
  target_path    text NOT NULL,
  publication_id bigint NOT NULL,
  envelope       bytea NOT NULL,
  applied_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX applied_grant_project ON signer.applied_grant (project, applied_at);
CREATE INDEX applied_grant_time ON signer.applied_grant (applied_at);
CREATE INDEX applied_grant_path ON signer.applied_grant (target_path, seq DESC);

-- Grants that a publication applies: they count as applied once it is closed.
CREATE TABLE signer.publication_grant (
  LIKE signer.applied_grant INCLUDING DEFAULTS INCLUDING CONSTRAINTS,
  PRIMARY KEY (publication_id, id)
);

-- Every online signature. Append-only.
CREATE TABLE signer.signature_log (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at             timestamptz NOT NULL DEFAULT now(),
  publication_id bigint NOT NULL,
  key_id         text NOT NULL,
  role           text NOT NULL,
  version        bigint NOT NULL,
  sha256         text NOT NULL
);

-- Append-only.
CREATE TABLE signer.audit (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at      timestamptz NOT NULL DEFAULT now(),
  event   text NOT NULL,
  actor   text,
  project text,
  target  text,
  detail  jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_event ON signer.audit (event, id DESC);

-- Where the reconciliation of warehouse.file with signer.path stands.
CREATE TABLE signer.cursor (
  name     text PRIMARY KEY,
  position text NOT NULL DEFAULT ''
);

-- ---------------------------------------------------------------- who may do what
GRANT USAGE ON SCHEMA warehouse, signer TO rind_warehouse, rind_signer;

-- Insert and read: facts are never edited, rows never removed.
GRANT SELECT, INSERT ON warehouse.project, warehouse.file, warehouse.upload TO rind_warehouse;
GRANT SELECT ON warehouse.project, warehouse.file, warehouse.upload TO rind_signer;

-- The outbox takes requests; its states belong to the signer.
GRANT SELECT ON signer.outbox TO rind_warehouse;
GRANT INSERT (upload_id, target_path, envelope, core_metadata_sha256) ON signer.outbox TO rind_warehouse;
GRANT SELECT ON signer.publication, signer.path, signer.project, signer.bin, signer.role, signer.lease,
  signer.publication_bin TO rind_warehouse;

GRANT SELECT, UPDATE (state, publication_id, reason) ON signer.outbox TO rind_signer;
GRANT SELECT, UPDATE ON signer.lease TO rind_signer;
GRANT SELECT, INSERT, UPDATE ON signer.publication, signer.path, signer.project, signer.bin, signer.role,
  signer.publication_bin, signer.cursor TO rind_signer;
GRANT SELECT, INSERT, DELETE ON signer.publication_path, signer.publication_project, signer.publication_grant TO rind_signer;
GRANT SELECT, INSERT ON signer.applied_grant, signer.signature_log, signer.audit TO rind_signer;
