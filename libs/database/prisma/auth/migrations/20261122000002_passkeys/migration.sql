-- Passkeys (WebAuthn). `proof`: MAC over account, credential id and public key, so that a row that was written by
-- somebody else, or moved to another account, signs nobody in. `counter` is the authenticator's own and only ever grows,
-- but for those that do not count and always say 0.
CREATE TABLE auth.passkey (
  id            uuid PRIMARY KEY,
  account_id    uuid NOT NULL REFERENCES auth.account (id),
  name          text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 64),
  credential_id bytea NOT NULL CHECK (length(credential_id) BETWEEN 1 AND 1023),
  public_key    bytea NOT NULL,
  proof         bytea NOT NULL CHECK (length(proof) = 32),
  transports    text[] NOT NULL,
  counter       bigint NOT NULL CHECK (counter >= 0),
  added_at      timestamptz NOT NULL,
  last_used_at  timestamptz,
  removed_at    timestamptz
);
CREATE UNIQUE INDEX passkey_credential ON auth.passkey (credential_id) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX passkey_name ON auth.passkey (account_id, lower(name)) WHERE removed_at IS NULL;

-- What an authenticator is asked to sign. `id`: MAC of purpose, session (or half a session) and challenge. Good once.
CREATE TABLE auth.passkey_challenge (
  id         bytea PRIMARY KEY,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at    timestamptz
);

GRANT SELECT, INSERT ON auth.passkey, auth.passkey_challenge TO rind_auth;
GRANT UPDATE (counter, last_used_at, removed_at) ON auth.passkey TO rind_auth;
GRANT UPDATE (used_at) ON auth.passkey_challenge TO rind_auth;
