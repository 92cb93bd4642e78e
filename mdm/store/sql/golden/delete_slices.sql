-- Remove slices that the same version replaces: only their provenance has changed.
DELETE FROM golden_slice WHERE id = ANY (CAST(:ids AS bigint[]))
