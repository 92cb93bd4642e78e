-- Read the values that were kept back on a master at a recorded instant, the newest first: of two on one value it counts.
SELECT id, master_id, attribute, std, approved, record, lower(valid) AS valid_from, upper(valid) AS valid_to, state,
       request_id
FROM hold
WHERE master_id = :id AND since <= :known_at AND (ended_at IS NULL OR ended_at > :known_at)
ORDER BY coalesce(former_of, id) DESC
