-- Give actions their positions and links.
UPDATE action_log AS a
SET position = chained.position, link = chained.link
FROM unnest(CAST(:ids AS uuid[]), CAST(:positions AS bigint[]), CAST(:links AS text[])) AS chained (id, position, link)
WHERE a.id = chained.id
