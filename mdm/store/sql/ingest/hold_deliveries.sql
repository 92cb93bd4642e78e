-- Keep deliveries back by the holds of their sources.
UPDATE delivery d
SET state = 'held', hold_id = held.hold_id, ended_at = :now
FROM unnest(CAST(:ids AS bigint[]), CAST(:hold_ids AS uuid[])) AS held (id, hold_id)
WHERE d.id = held.id
