-- Read the change requests that came of a trace, or of some of its deliveries, with what their owners said.
SELECT c.id, c.domain, c.master_id, c.kind, c.state, c.authors, c.created_at, c.renewed_at, c.closed_at,
       c.changes, d.owner, d.state AS said, d.decided_by, d.decided_at
FROM change_request c
JOIN change_decision d ON d.request_id = c.id
WHERE (c.correlation_id = :correlation_id AND CAST(:id AS bigint) IS NULL)
   OR (c.master_id = ANY (CAST(:masters AS uuid[])) AND c.deliveries && CAST(:deliveries AS bigint[]))
ORDER BY c.created_at, c.id, d.owner
LIMIT :limit
