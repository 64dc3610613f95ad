-- Who built a file and from what, as its publisher attested (PEP 740).
CREATE TABLE warehouse.attestation (
  file_id     uuid NOT NULL REFERENCES warehouse.file,
  -- Of the document, lower-case hex: a request that was set aside may be made again with another.
  sha256      text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  -- The provenance as it is served, byte for byte.
  provenance  bytea NOT NULL,
  accepted_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (file_id, sha256)
);
GRANT SELECT, INSERT ON warehouse.attestation TO rind_warehouse;

-- Which document the signed page names: the warehouse's word, fixed when the file is first published.
ALTER TABLE signer.outbox ADD COLUMN provenance_sha256 text CHECK (provenance_sha256 ~ '^[0-9a-f]{64}$');
ALTER TABLE signer.path ADD COLUMN provenance_sha256 text;
ALTER TABLE signer.publication_path ADD COLUMN provenance_sha256 text;
GRANT INSERT (provenance_sha256) ON signer.outbox TO rind_warehouse;
