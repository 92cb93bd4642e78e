-- Read the living masters of a range of ids.
SELECT id, status, version, created_at, recorded_at, evaluated_at, retired_at, due_at
FROM master
WHERE domain = :domain AND status <> 'merged' AND id >= :first AND (CAST(:until AS uuid) IS NULL OR id < CAST(:until AS uuid))
ORDER BY id
