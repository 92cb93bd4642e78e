-- Forget the scored edges of records that are about to be scored again; edges declared by a source stay.
DELETE FROM edge
WHERE cardinality(levels) > 0
  AND (left_id = ANY (CAST(:ids AS bigint[])) OR right_id = ANY (CAST(:ids AS bigint[])))
