-- Browsers that an account was signed in with. `id`: MAC of a cookie that names the account. `proof`: MAC over id, account
-- and expiry, taken away when the device is forgotten, so that neither is undone by writing a date.
CREATE TABLE auth.device (
  id         bytea PRIMARY KEY,
  account_id uuid NOT NULL REFERENCES auth.account (id),
  created_at timestamptz NOT NULL,
  seen_at    timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  ended_at   timestamptz,
  address    text NOT NULL CHECK (length(address) <= 64),
  agent      text NOT NULL CHECK (length(agent) <= 200),
  proof      bytea CHECK (length(proof) = 32)
);
CREATE INDEX device_account ON auth.device (account_id);

-- Encrypted: the sign-in that waits for a mailed link to be opened, once the second factor was proven.
ALTER TABLE auth.half_session ADD COLUMN waiting bytea;

ALTER TABLE auth.mail_link DROP CONSTRAINT mail_link_purpose_check;
ALTER TABLE auth.mail_link ADD CONSTRAINT mail_link_purpose_check
  CHECK (purpose IN ('verify-email', 'reset-password', 'confirm-device'));

GRANT SELECT, INSERT ON auth.device TO rind_auth;
GRANT UPDATE (seen_at, expires_at, ended_at, address, agent, proof) ON auth.device TO rind_auth;
