-- Find the pairs of masters to ask about: with an edge between them that no steward has answered, or with an answer
-- whose evidence has changed since. Of several pairs of records that with changed evidence speaks, then the strongest.
-- OFFSET 0 keeps the planner from joining whole tables: every step is a look into an index, whatever it estimates.
WITH mine AS MATERIALIZED (
    SELECT master_id, record_id
    FROM crosswalk
    WHERE until_version IS NULL AND master_id = ANY (CAST(:ids AS uuid[]))
), crossing AS (
    SELECT mine.master_id AS own, other.master_id AS other, e.left_id, e.right_id, e.weight, e.vetoes, e.declared, e.kind,
           e.changed
    FROM mine
    CROSS JOIN LATERAL (
        SELECT right_id AS mate, left_id, right_id, weight, vetoes, cardinality(levels) = 0 AS declared, NULL AS kind,
               CAST(NULL AS jsonb) AS changed
        FROM edge WHERE left_id = mine.record_id
        UNION ALL
        SELECT left_id, left_id, right_id, weight, vetoes, cardinality(levels) = 0, NULL, NULL
        FROM edge WHERE right_id = mine.record_id
        UNION ALL
        SELECT right_id, left_id, right_id, CAST(changed -> 'weight' ->> 1 AS real), '{}', false, kind, changed
        FROM record_constraint WHERE left_id = mine.record_id AND kind = 'cannot'
        UNION ALL
        SELECT left_id, left_id, right_id, CAST(changed -> 'weight' ->> 1 AS real), '{}', false, kind, changed
        FROM record_constraint WHERE right_id = mine.record_id AND kind = 'cannot'
        OFFSET 0
    ) AS e
    CROSS JOIN LATERAL (
        SELECT master_id FROM crosswalk WHERE record_id = e.mate AND until_version IS NULL OFFSET 0
    ) AS other
    WHERE other.master_id <> mine.master_id
), asked AS (
    SELECT *, bool_or(kind = 'cannot') OVER pair AS answered, bool_or(changed IS NOT NULL) OVER pair AS aged
    FROM crossing
    WINDOW pair AS (PARTITION BY least(own, other), greatest(own, other))
)
SELECT DISTINCT ON (least(own, other), greatest(own, other))
       least(own, other) AS master_id, greatest(own, other) AS other_id, left_id, right_id, weight, vetoes, declared,
       changed
FROM asked
WHERE (answered IS NOT TRUE OR aged) AND (kind IS NULL OR changed IS NOT NULL)
ORDER BY least(own, other), greatest(own, other), (changed IS NULL), weight DESC, left_id, right_id
