-- Read the open tasks of a kind that concern masters.
SELECT id, master_id, other_id, topic, owner
FROM task
WHERE closed_at IS NULL AND kind = :kind
  AND (master_id = ANY (CAST(:ids AS uuid[])) OR other_id = ANY (CAST(:ids AS uuid[])))
