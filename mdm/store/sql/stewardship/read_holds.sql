-- Read the values that are kept back on masters, the newest first: of two on one value it counts.
SELECT id, master_id, attribute, std, approved, record, lower(valid) AS valid_from, upper(valid) AS valid_to, state,
       request_id
FROM hold
WHERE master_id = ANY (CAST(:ids AS uuid[])) AND ended_at IS NULL
ORDER BY master_id, id DESC
