-- `role.proof`: MAC over project, account and role. `project.settings_proof`: MAC over project and what it asks of its
-- members. Rows without them are from before there were any; they are given theirs once, when auth first starts.
ALTER TABLE auth.role ADD COLUMN proof bytea, ADD COLUMN since timestamptz NOT NULL DEFAULT now();
ALTER TABLE auth.project
  ADD COLUMN requires_second_factor boolean NOT NULL DEFAULT false,
  ADD COLUMN settings_proof         bytea;
CREATE INDEX role_account ON auth.role (account_id);

-- That rows from before were given their proofs; never taken back, so that no row is given one later.
CREATE TABLE auth.proofs_given (
  name text PRIMARY KEY,
  at   timestamptz NOT NULL
);
INSERT INTO auth.proofs_given (name, at)
  SELECT 'roles', now() WHERE NOT EXISTS (SELECT 1 FROM auth.role) AND NOT EXISTS (SELECT 1 FROM auth.project);

-- Somebody is asked into a project. `proof`: MAC over all that accepting it would bring.
CREATE TABLE auth.invitation (
  id         uuid PRIMARY KEY,
  project    text NOT NULL REFERENCES auth.project (name) ON DELETE CASCADE,
  account_id uuid NOT NULL REFERENCES auth.account (id),
  role       text NOT NULL CHECK (role IN ('owner', 'maintainer')),
  invited_by uuid NOT NULL REFERENCES auth.account (id),
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  ended_at   timestamptz,
  proof      bytea NOT NULL
);
CREATE UNIQUE INDEX invitation_open ON auth.invitation (project, account_id) WHERE ended_at IS NULL;
CREATE INDEX invitation_account ON auth.invitation (account_id) WHERE ended_at IS NULL;

GRANT SELECT, INSERT ON auth.proofs_given TO rind_auth;
GRANT SELECT, INSERT, UPDATE ON auth.invitation TO rind_auth;
