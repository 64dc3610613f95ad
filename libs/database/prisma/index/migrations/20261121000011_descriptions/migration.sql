-- Descriptions as they are shown, rendered when somebody first looks. Losing a row loses nothing: it is made again.
CREATE TABLE warehouse.rendered_description (
  -- SHA-256 of content type and text, lower-case hex.
  digest      text NOT NULL,
  -- Version of the rules it was made by.
  renderer    integer NOT NULL,
  format      text NOT NULL,
  -- Sanitised; shown as it is.
  html        text NOT NULL,
  rendered_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (digest, renderer)
);

GRANT SELECT, INSERT ON warehouse.rendered_description TO rind_warehouse;
