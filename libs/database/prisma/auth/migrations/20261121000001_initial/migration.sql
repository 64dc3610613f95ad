-- Database `auth`: people, tokens, and the grants they were given. One role; logs are append-only.
CREATE SCHEMA auth;

CREATE TABLE auth.account (
  id          uuid PRIMARY KEY,
  username    text NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  disabled_at timestamptz
);
CREATE UNIQUE INDEX account_username ON auth.account (lower(username));

-- `sealed_key` is the macaroon's root key, encrypted under a key outside the database and bound to row and account.
CREATE TABLE auth.token (
  id           uuid PRIMARY KEY,
  account_id   uuid NOT NULL REFERENCES auth.account (id),
  description  text NOT NULL CHECK (length(description) <= 100),
  sealed_key   bytea NOT NULL,
  caveats      jsonb NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz,
  revoked_at   timestamptz
);
CREATE INDEX token_account ON auth.token (account_id);

CREATE TABLE auth.project (
  name       text PRIMARY KEY,
  id         uuid NOT NULL UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE auth.role (
  project    text NOT NULL REFERENCES auth.project (name) ON DELETE CASCADE,
  account_id uuid NOT NULL REFERENCES auth.account (id),
  role       text NOT NULL CHECK (role IN ('owner', 'maintainer')),
  PRIMARY KEY (project, account_id)
);

-- Every grant ever issued, verbatim. Append-only.
CREATE TABLE auth.grant_log (
  id          uuid PRIMARY KEY,
  seq         bigint NOT NULL UNIQUE,
  verb        text NOT NULL,
  project     text NOT NULL,
  target_path text NOT NULL,
  account_id  uuid,
  envelope    bytea NOT NULL,
  issued_at   timestamptz NOT NULL DEFAULT now(),
  expires_at  timestamptz NOT NULL
);
CREATE INDEX grant_log_project ON auth.grant_log (project);

-- A grant whose upload was refused. Append-only.
CREATE TABLE auth.grant_void (
  grant_id uuid PRIMARY KEY REFERENCES auth.grant_log (id),
  at       timestamptz NOT NULL DEFAULT now(),
  reason   text NOT NULL
);

-- Every authorisation decision. Append-only.
CREATE TABLE auth.audit (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at      timestamptz NOT NULL DEFAULT now(),
  event   text NOT NULL,
  actor   text,
  project text,
  target  text,
  detail  jsonb NOT NULL DEFAULT '{}'
);

GRANT USAGE ON SCHEMA auth TO rind_auth;
GRANT SELECT, INSERT, UPDATE ON auth.account, auth.token TO rind_auth;
GRANT SELECT, INSERT, UPDATE, DELETE ON auth.project, auth.role TO rind_auth;
GRANT SELECT, INSERT ON auth.grant_log, auth.grant_void, auth.audit TO rind_auth;
