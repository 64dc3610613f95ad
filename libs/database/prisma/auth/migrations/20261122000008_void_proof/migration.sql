-- MAC over the grant: a name is free again only when each of its grants was voided by auth itself, not by who writes
-- the table.
ALTER TABLE auth.grant_void ADD COLUMN proof bytea;
