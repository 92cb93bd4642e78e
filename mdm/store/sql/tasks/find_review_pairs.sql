-- Find the pairs of masters with an edge between them that no steward has answered; the strongest edge speaks.
WITH mine AS (
    SELECT master_id, record_id
    FROM crosswalk
    WHERE until_version IS NULL AND master_id = ANY (CAST(:ids AS uuid[]))
), crossing AS (
    SELECT mine.master_id AS own, other.master_id AS other, e.left_id, e.right_id, e.weight, e.vetoes
    FROM mine
    JOIN edge e ON e.left_id = mine.record_id
    JOIN crosswalk other ON other.record_id = e.right_id AND other.until_version IS NULL
    WHERE other.master_id <> mine.master_id
    UNION ALL
    SELECT mine.master_id, other.master_id, e.left_id, e.right_id, e.weight, e.vetoes
    FROM mine
    JOIN edge e ON e.right_id = mine.record_id
    JOIN crosswalk other ON other.record_id = e.left_id AND other.until_version IS NULL
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
