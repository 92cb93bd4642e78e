-- Read what was ever kept back of an attribute or group of a master, the newest first.
SELECT std, approved, lower(valid) AS valid_from, upper(valid) AS valid_to, state, request_id, since, ended_at
FROM hold
WHERE master_id = :id AND attribute = :unit
ORDER BY since DESC, id DESC
LIMIT :limit
