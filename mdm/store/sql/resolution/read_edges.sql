-- Read the edges inside a set of records.
SELECT left_id, right_id, weight, outcome, vetoes
FROM edge
WHERE left_id = ANY (CAST(:ids AS bigint[])) AND right_id = ANY (CAST(:ids AS bigint[]))
