-- End what golden records referred to at the instants at which that was recorded.
UPDATE golden_reference r
SET known = tstzrange(lower(r.known), greatest(lower(r.known), given.until))
FROM unnest(CAST(:ids AS bigint[]), CAST(:untils AS timestamptz[])) AS given (id, until)
WHERE r.id = given.id
