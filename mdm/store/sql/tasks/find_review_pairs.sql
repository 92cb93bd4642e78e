-- Find the pairs of masters with an edge between them that no steward has answered; the strongest edge speaks.
-- OFFSET 0 keeps the planner from joining whole tables: every step is a look into an index, whatever it estimates.
WITH crossing AS (
    SELECT mine.master_id AS own, other.master_id AS other, e.left_id, e.right_id, e.weight, e.vetoes
    FROM (
        SELECT master_id, record_id
        FROM crosswalk
        WHERE until_version IS NULL AND master_id = ANY (CAST(:ids AS uuid[]))
        OFFSET 0
    ) AS mine
    CROSS JOIN LATERAL (
        SELECT right_id AS mate, left_id, right_id, weight, vetoes FROM edge WHERE left_id = mine.record_id
        UNION ALL
        SELECT left_id, left_id, right_id, weight, vetoes FROM edge WHERE right_id = mine.record_id
        OFFSET 0
    ) AS e
    CROSS JOIN LATERAL (
        SELECT master_id FROM crosswalk WHERE record_id = e.mate AND until_version IS NULL OFFSET 0
    ) AS other
    WHERE other.master_id <> mine.master_id
)
SELECT DISTINCT ON (least(own, other), greatest(own, other))
       least(own, other) AS master_id, greatest(own, other) AS other_id, left_id, right_id, weight, vetoes
FROM crossing
WHERE NOT EXISTS (
    SELECT
    FROM record_constraint n
    JOIN crosswalk a ON a.record_id = n.left_id AND a.until_version IS NULL
    JOIN crosswalk b ON b.record_id = n.right_id AND b.until_version IS NULL
    WHERE n.kind = 'cannot'
      AND (a.master_id, b.master_id) IN ((crossing.own, crossing.other), (crossing.other, crossing.own))
)
ORDER BY least(own, other), greatest(own, other), weight DESC, left_id, right_id
