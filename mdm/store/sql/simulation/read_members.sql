-- Read the records of masters: all, or those alone that have an edge of a weight between two bounds.
SELECT c.record_id, c.master_id
FROM crosswalk c
WHERE c.until_version IS NULL AND c.master_id = ANY (CAST(:ids AS uuid[]))
  AND (
      CAST(:least AS real) IS NULL
      OR EXISTS (
          SELECT FROM edge e
          WHERE e.left_id = c.record_id AND e.weight >= CAST(:least AS real) AND e.weight < CAST(:most AS real)
          UNION ALL
          SELECT FROM edge e
          WHERE e.right_id = c.record_id AND e.weight >= CAST(:least AS real) AND e.weight < CAST(:most AS real)
      )
  )
