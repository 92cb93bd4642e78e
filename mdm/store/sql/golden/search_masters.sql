-- Find live masters whose search text contains a pattern, a page at a time.
SELECT id, version, status
FROM master
WHERE domain = :domain
  AND status <> 'merged'
  AND search_text LIKE :pattern
  AND (CAST(:after AS uuid) IS NULL OR id > CAST(:after AS uuid))
ORDER BY id
LIMIT :limit
