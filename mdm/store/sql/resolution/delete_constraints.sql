-- Forget decisions about pairs of records that a newer decision contradicts.
DELETE FROM record_constraint n
USING unnest(CAST(:lefts AS bigint[]), CAST(:rights AS bigint[])) AS given (left_id, right_id)
WHERE n.left_id = given.left_id AND n.right_id = given.right_id
