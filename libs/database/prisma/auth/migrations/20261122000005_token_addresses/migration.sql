-- Addresses that a token was used from, as MACs of token and address: a new one is mailed to its owner.
CREATE TABLE auth.token_address (
  token_id uuid NOT NULL REFERENCES auth.token (id),
  address  bytea NOT NULL,
  seen_at  timestamptz NOT NULL,
  PRIMARY KEY (token_id, address)
);
GRANT SELECT, INSERT ON auth.token_address TO rind_auth;
