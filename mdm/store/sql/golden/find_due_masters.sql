-- Lock masters that are due for a reason, the longest due first; others' locks are passed over.
SELECT id, domain, status, version, created_at, recorded_at, evaluated_at, retired_at, due_at, due_reason
FROM master
WHERE due_reason = :reason AND due_at <= :now AND (CAST(:ids AS uuid[]) IS NULL OR id = ANY (CAST(:ids AS uuid[])))
ORDER BY due_at, id
LIMIT :size
FOR NO KEY UPDATE SKIP LOCKED
