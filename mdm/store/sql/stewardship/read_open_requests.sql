-- Read the open change requests of masters that their sources caused, with the one owner each asks.
SELECT c.id, c.master_id, c.authors, c.digest, c.changes, c.deliveries, d.owner
FROM change_request c
JOIN change_decision d ON d.request_id = c.id
WHERE c.state = 'open' AND c.kind = 'source' AND c.master_id = ANY (CAST(:ids AS uuid[]))
