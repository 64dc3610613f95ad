-- Which grant a token that is good for one file was used for. Append-only: a second row of the same nonce is for the
-- same file, after the grant of the first was voided.
CREATE TABLE auth.token_use (
  token_id uuid NOT NULL REFERENCES auth.token (id),
  nonce    text NOT NULL CHECK (length(nonce) BETWEEN 1 AND 128),
  grant_id uuid NOT NULL REFERENCES auth.grant_log (id),
  used_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (token_id, nonce, grant_id)
);

GRANT SELECT, INSERT ON auth.token_use TO rind_auth;
