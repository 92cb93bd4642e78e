-- Let go of values that are no longer kept back.
DELETE FROM hold WHERE id = ANY (CAST(:ids AS bigint[]))
