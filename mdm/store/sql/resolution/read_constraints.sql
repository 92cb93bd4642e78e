-- Read the steward's constraints inside a set of records.
SELECT left_id, right_id, kind
FROM record_constraint
WHERE left_id = ANY (CAST(:ids AS bigint[])) AND right_id = ANY (CAST(:ids AS bigint[]))
