-- Forget what records refer to.
DELETE FROM record_reference WHERE record_id = ANY (CAST(:ids AS bigint[]))
