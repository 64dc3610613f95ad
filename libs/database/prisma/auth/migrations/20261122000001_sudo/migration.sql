-- When somebody last proved in a session who they are: by whatever the account has (`proven_at`), and by a second
-- factor (`factor_at`). `proof`: MAC over session, account and both times; without it neither is believed.
ALTER TABLE auth.session
  ADD COLUMN proven_at timestamptz,
  ADD COLUMN factor_at timestamptz,
  ADD COLUMN proof     bytea;
CREATE INDEX session_factor ON auth.session (account_id, factor_at DESC) WHERE factor_at IS NOT NULL AND ended_at IS NULL;
