-- What the warehouse asks before it takes a file.

-- Names that look alike have one value: l, i and 1 are one letter, o and 0 another, and . _ - do not count
-- (ultranormalize in libs/index-model). Not unique: an index that was imported may hold look-alikes.
CREATE INDEX project_look_alike ON warehouse.project (translate(lower(name), 'lio._-', '110'));
CREATE INDEX signed_project_look_alike ON signer.project (translate(lower(name), 'lio._-', '110'));

-- The files of one release.
CREATE INDEX file_release ON warehouse.file (project, version);
DROP INDEX warehouse.file_project;
