-- Bins that are damaged in the store and that nothing on record proves: nothing is built upon them. Requests that
-- would change one stay pending, with the reason 'bin.unproven', until the bin is sound again.
CREATE TABLE signer.unproven_bin (
  idx    integer PRIMARY KEY,
  reason text NOT NULL,
  since  timestamptz NOT NULL DEFAULT now()
);

GRANT SELECT, INSERT, DELETE ON signer.unproven_bin TO rind_signer;
GRANT SELECT ON signer.unproven_bin TO rind_warehouse;
