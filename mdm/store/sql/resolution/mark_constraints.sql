-- Note what has changed since a decision about a pair of records was made; null if nothing has.
UPDATE record_constraint n
SET changed = nullif(given.changed, 'null')
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (left_id bigint, right_id bigint, changed jsonb)
WHERE n.left_id = given.left_id AND n.right_id = given.right_id
