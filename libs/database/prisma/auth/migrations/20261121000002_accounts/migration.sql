-- People who sign in. Whatever opens something (a cookie, a link in a mail) is kept as a MAC of it, and whatever a row
-- vouches for carries one, under a key that the database does not hold: who can write these tables proves nothing by it.
ALTER TABLE auth.account
  ADD COLUMN password_sealed     bytea,
  ADD COLUMN password_changed_at timestamptz;

-- `proof`: MAC over account and address, made when a link that was mailed to it was opened.
CREATE TABLE auth.email (
  id          uuid PRIMARY KEY,
  account_id  uuid NOT NULL REFERENCES auth.account (id),
  address     text NOT NULL CHECK (length(address) <= 254),
  is_primary  boolean NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  verified_at timestamptz,
  proof       bytea,
  CHECK ((verified_at IS NULL) = (proof IS NULL))
);
-- An address that nobody has proven keeps nobody else from it.
CREATE UNIQUE INDEX email_verified ON auth.email (lower(address)) WHERE verified_at IS NOT NULL;
CREATE UNIQUE INDEX email_primary ON auth.email (account_id) WHERE is_primary;
CREATE INDEX email_account ON auth.email (account_id);

-- `id`: MAC of the cookie, which names the account.
CREATE TABLE auth.session (
  id         bytea PRIMARY KEY,
  account_id uuid NOT NULL REFERENCES auth.account (id),
  created_at timestamptz NOT NULL DEFAULT now(),
  seen_at    timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  ended_at   timestamptz,
  address    text NOT NULL,
  agent      text NOT NULL CHECK (length(agent) <= 200)
);
CREATE INDEX session_account ON auth.session (account_id);

-- `id`: MAC of what stands in the link.
CREATE TABLE auth.mail_link (
  id         bytea PRIMARY KEY,
  purpose    text NOT NULL CHECK (purpose IN ('verify-email', 'reset-password')),
  account_id uuid NOT NULL REFERENCES auth.account (id),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  used_at    timestamptz
);
CREATE INDEX mail_link_account ON auth.mail_link (account_id);

-- What is to be sent. Subject and text are encrypted: links in them open accounts.
CREATE TABLE auth.mail (
  id          uuid PRIMARY KEY,
  number      bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  to_address  text NOT NULL CHECK (length(to_address) <= 254),
  sealed      bytea NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  sent_at     timestamptz,
  attempts    integer NOT NULL DEFAULT 0,
  next_try_at timestamptz NOT NULL
);
CREATE INDEX mail_waiting ON auth.mail (next_try_at) WHERE sent_at IS NULL;

-- Limits of rate (GCRA): the time up to which a key has used its share. Keys are MACs, not names or addresses.
CREATE TABLE auth.rate (
  key     bytea PRIMARY KEY,
  used_to timestamptz NOT NULL
);
CREATE INDEX rate_used_to ON auth.rate (used_to);

-- The person whom an entry concerns: their own log.
ALTER TABLE auth.audit ADD COLUMN account_id uuid;
CREATE INDEX audit_account ON auth.audit (account_id, id);

GRANT SELECT, INSERT, UPDATE ON auth.session, auth.mail_link, auth.mail TO rind_auth;
GRANT SELECT, INSERT, UPDATE, DELETE ON auth.email, auth.rate TO rind_auth;
