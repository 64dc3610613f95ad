-- What people search: words of each project's latest release, made anew when a publication changed the project.
-- Nothing here is signed, and losing it loses nothing: the warehouse makes it again.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE warehouse.search_document (
  project      text PRIMARY KEY,
  display_name text NOT NULL,
  version      text,
  summary      text NOT NULL,
  words        tsvector NOT NULL,
  -- The publication that the words are of.
  serial       bigint NOT NULL
);
CREATE INDEX search_document_words ON warehouse.search_document USING gin (words);
CREATE INDEX search_document_name ON warehouse.search_document USING gin (project gin_trgm_ops);
-- What changed since a publication.
CREATE INDEX project_publication ON signer.project (publication_id);
-- The newest projects.
CREATE INDEX project_created ON warehouse.project (created_at DESC);

GRANT SELECT, INSERT, UPDATE ON warehouse.search_document TO rind_warehouse;
