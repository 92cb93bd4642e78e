-- Find the records whose source named their master, each with the others of that master that came by resemblance.
-- Records that a steward linked to one of them are not doubted here: what changed since his decision is asked apart.
-- OFFSET 0 keeps the planner from joining whole tables: every step is a look into an index, whatever it estimates.
WITH member AS MATERIALIZED (
    SELECT c.master_id, r.id, r.state ->> 'master_id' IS NOT NULL AS declared
    FROM (
        SELECT master_id, record_id
        FROM crosswalk
        WHERE until_version IS NULL AND master_id = ANY (CAST(:ids AS uuid[]))
        OFFSET 0
    ) AS c
    CROSS JOIN LATERAL (SELECT id, state FROM source_record WHERE id = c.record_id OFFSET 0) AS r
)
SELECT d.master_id, d.id AS record_id, array_agg(o.id ORDER BY o.id) AS others
FROM member d
JOIN member o ON o.master_id = d.master_id AND o.id <> d.id AND (NOT o.declared OR o.id < d.id)
WHERE d.declared
  AND EXISTS (
      SELECT FROM edge WHERE left_id = d.id AND cardinality(levels) = 0
      UNION ALL
      SELECT FROM edge WHERE right_id = d.id AND cardinality(levels) = 0
  )
  AND NOT EXISTS (
      SELECT FROM record_constraint WHERE left_id = d.id AND kind = 'must'
      UNION ALL
      SELECT FROM record_constraint WHERE right_id = d.id AND kind = 'must'
  )
GROUP BY d.master_id, d.id
ORDER BY d.master_id, d.id
