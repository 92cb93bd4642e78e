-- Close tasks that no longer need anybody.
UPDATE task SET closed_at = :now, outcome = :outcome WHERE id = ANY (CAST(:ids AS uuid[]))
