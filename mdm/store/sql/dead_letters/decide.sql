-- Write down what somebody decided about dead letters.
UPDATE dead_letter
SET state = :state, decided_by = :by, decided_at = :at, note = :note,
    replay_id = coalesce(CAST(:replay_id AS uuid), replay_id)
WHERE id = ANY (CAST(:ids AS bigint[]))
