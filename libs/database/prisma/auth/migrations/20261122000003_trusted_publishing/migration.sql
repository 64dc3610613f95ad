-- Trusted publishing: workflows elsewhere that a project trusts, shown by identity tokens of issuers.
-- `proof`: MAC over everything else that counts, under a key that the database does not hold.
CREATE TABLE auth.publisher (
  id         uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES auth.project (id) ON DELETE CASCADE,
  issuer     text NOT NULL,
  subject    text NOT NULL,
  identity   text NOT NULL,
  claims     jsonb NOT NULL,
  owner_id   text,
  created_at timestamptz NOT NULL,
  proof      bytea NOT NULL
);
CREATE UNIQUE INDEX publisher_identity ON auth.publisher (project_id, issuer, identity);
CREATE INDEX publisher_subject ON auth.publisher (issuer, subject, created_at);

-- Those for projects that do not exist yet. They keep no name.
CREATE TABLE auth.pending_publisher (
  id         uuid PRIMARY KEY,
  account_id uuid NOT NULL REFERENCES auth.account (id),
  project    text NOT NULL,
  issuer     text NOT NULL,
  subject    text NOT NULL,
  identity   text NOT NULL,
  claims     jsonb NOT NULL,
  owner_id   text,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  proof      bytea NOT NULL
);
CREATE UNIQUE INDEX pending_publisher_identity ON auth.pending_publisher (account_id, project, issuer, identity);
CREATE INDEX pending_publisher_subject ON auth.pending_publisher (issuer, subject, created_at);

-- Identity tokens that were given a token for: each is good once. Kept until it would be refused for its age.
CREATE TABLE auth.used_identity (
  issuer       text NOT NULL,
  jti          text NOT NULL,
  refused_from timestamptz NOT NULL,
  PRIMARY KEY (issuer, jti)
);
CREATE INDEX used_identity_refused_from ON auth.used_identity (refused_from);

-- A token belongs to an account or to publishers. Its sealed key opens for those alone that it was made for.
ALTER TABLE auth.token
  ALTER COLUMN account_id DROP NOT NULL,
  ADD COLUMN publisher_ids uuid[] NOT NULL DEFAULT '{}',
  ADD CHECK ((account_id IS NULL) = (cardinality(publisher_ids) > 0));

GRANT SELECT, INSERT, DELETE ON auth.publisher TO rind_auth;
GRANT UPDATE (owner_id, proof) ON auth.publisher TO rind_auth;
GRANT SELECT, INSERT, DELETE, UPDATE (proof) ON auth.pending_publisher TO rind_auth;
GRANT SELECT, INSERT, DELETE, UPDATE (refused_from) ON auth.used_identity TO rind_auth;
