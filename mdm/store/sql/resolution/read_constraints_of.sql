-- Read the constraints that records are part of, with what they rested on.
SELECT left_id, right_id, kind, evidence, changed
FROM record_constraint
WHERE left_id = ANY (CAST(:ids AS bigint[]))
UNION
SELECT left_id, right_id, kind, evidence, changed
FROM record_constraint
WHERE right_id = ANY (CAST(:ids AS bigint[]))
