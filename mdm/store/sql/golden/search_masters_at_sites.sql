-- Find live masters of some sites whose search text contains every pattern, a page at a time.
SELECT m.id, m.version, m.status
FROM master m
WHERE m.domain = :domain
  AND m.status <> 'merged'
  AND m.search_text LIKE :longest
  AND m.search_text LIKE ALL (CAST(:patterns AS text[]))
  AND (CAST(:after AS uuid) IS NULL OR m.id > CAST(:after AS uuid))
  AND EXISTS (
      SELECT FROM golden_slice s
      WHERE s.master_id = m.id AND s.until_version IS NULL AND (
          s.attributes ->> :site = ANY (CAST(:sites AS text[]))
          OR concat(s.attributes -> :site ->> 'source', '/', s.attributes -> :site ->> 'key')
              = ANY (CAST(:sites AS text[]))
          OR s.attributes -> :site ->> 'master' = ANY (CAST(:sites AS text[]))))
ORDER BY m.id
LIMIT :limit
