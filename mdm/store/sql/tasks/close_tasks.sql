-- Close open tasks.
UPDATE task
SET closed_at = :now, outcome = :outcome, closed_by = :by, reason_code = :reason_code, note = coalesce(:note, note),
    leased_by = NULL, leased_until = NULL
WHERE id = ANY (CAST(:ids AS uuid[])) AND closed_at IS NULL
