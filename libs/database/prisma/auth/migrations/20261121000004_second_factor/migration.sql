-- Second factors. The secret is encrypted and bound to the account; `last_step` is the newest time step whose code was
-- accepted, and only ever grows: no code counts twice.
CREATE TABLE auth.totp (
  id          uuid PRIMARY KEY,
  account_id  uuid NOT NULL REFERENCES auth.account (id),
  sealed      bytea NOT NULL,
  enrolled_at timestamptz NOT NULL,
  last_step   bigint NOT NULL,
  removed_at  timestamptz
);
CREATE UNIQUE INDEX totp_account ON auth.totp (account_id) WHERE removed_at IS NULL;

-- `id`: MAC of account and code. One is good once; a new set ends the one before.
CREATE TABLE auth.recovery_code (
  id         bytea PRIMARY KEY,
  account_id uuid NOT NULL REFERENCES auth.account (id),
  made_at    timestamptz NOT NULL,
  used_at    timestamptz,
  ended_at   timestamptz
);
CREATE INDEX recovery_code_account ON auth.recovery_code (account_id);

-- Who has given the password and not yet the second factor. `id`: MAC of a cookie that opens nothing else.
CREATE TABLE auth.half_session (
  id         bytea PRIMARY KEY,
  account_id uuid NOT NULL REFERENCES auth.account (id),
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  ended_at   timestamptz
);
CREATE INDEX half_session_account ON auth.half_session (account_id);

GRANT SELECT, INSERT, UPDATE ON auth.totp, auth.recovery_code, auth.half_session TO rind_auth;
