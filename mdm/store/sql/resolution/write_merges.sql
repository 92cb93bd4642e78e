-- Note into which master others have been merged, or that they are back.
UPDATE master m
SET merged_into = given.survivor
FROM unnest(CAST(:ids AS uuid[]), CAST(:survivors AS uuid[])) AS given (id, survivor)
WHERE m.id = given.id
