-- Grants that auth itself brings to the warehouse: what people confirmed on its pages. A row appears with its grant;
-- until `delivered_at` it is tried again. `receipt_id` is the warehouse's word for where to look. Nothing here opens
-- anything: what counts is the signature of the grant.
CREATE TABLE auth.grant_delivery (
  grant_id     uuid PRIMARY KEY REFERENCES auth.grant_log (id),
  project      text NOT NULL,
  seq          bigint NOT NULL,
  expires_at   timestamptz NOT NULL,
  attempts     integer NOT NULL DEFAULT 0,
  next_try_at  timestamptz NOT NULL,
  last_error   text CHECK (length(last_error) <= 100),
  delivered_at timestamptz,
  receipt_id   uuid
);
CREATE INDEX grant_delivery_waiting ON auth.grant_delivery (project, seq) WHERE delivered_at IS NULL;

-- The record of a project is read path by path, and each path in the order of its grants.
CREATE INDEX grant_log_path ON auth.grant_log (project, target_path, seq);
DROP INDEX auth.grant_log_project;

GRANT SELECT, INSERT ON auth.grant_delivery TO rind_auth;
GRANT UPDATE (attempts, next_try_at, last_error, delivered_at, receipt_id) ON auth.grant_delivery TO rind_auth;
