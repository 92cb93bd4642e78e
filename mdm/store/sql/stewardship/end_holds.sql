-- End holds: what they kept back is so no longer.
UPDATE hold h
SET ended_at = given.ended_at
FROM unnest(CAST(:ids AS bigint[]), CAST(:instants AS timestamptz[])) AS given (id, ended_at)
WHERE h.id = given.id AND h.ended_at IS NULL
