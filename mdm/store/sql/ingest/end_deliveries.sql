-- Record what became of deliveries.
UPDATE delivery d
SET state = ended.state, record_id = ended.record_id, ended_at = :now
FROM unnest(CAST(:ids AS bigint[]), CAST(:states AS text[]), CAST(:record_ids AS bigint[]))
     AS ended (id, state, record_id)
WHERE d.id = ended.id
