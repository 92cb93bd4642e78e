-- Move the beginning and end of links from one version of a master to a later one: other versions came in between.
UPDATE crosswalk
SET from_version = CASE WHEN from_version = :version THEN :later ELSE from_version END,
    until_version = CASE WHEN until_version = :version THEN :later ELSE until_version END
WHERE master_id = :id AND (from_version = :version OR until_version = :version)
