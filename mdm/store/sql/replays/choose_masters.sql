-- Write down which announced masters a replay is for: those that meet everything that was given.
INSERT INTO replay_master (replay_id, master_id)
SELECT :id, m.id
FROM master m
WHERE m.version > 0
  AND m.domain = ANY (CAST(:domains AS text[]))
  AND (CAST(:masters AS uuid[]) IS NULL OR m.id = ANY (CAST(:masters AS uuid[])))
  AND (
      CAST(:load AS uuid) IS NULL
      OR m.id IN (
          SELECT c.master_id
          FROM delivery d
          JOIN crosswalk c ON c.record_id = d.record_id
          WHERE d.load_id = CAST(:load AS uuid)
      )
  )
  AND (
      (CAST(:since AS timestamptz) IS NULL AND CAST(:until AS timestamptz) IS NULL)
      OR EXISTS (
          SELECT FROM golden_version v
          WHERE v.master_id = m.id
            AND v.recorded_at >= coalesce(CAST(:since AS timestamptz), '-infinity')
            AND v.recorded_at < coalesce(CAST(:until AS timestamptz), 'infinity')
      )
  )
