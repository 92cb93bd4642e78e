-- Read the masters of the records that share an edge with these, each by its keys (OFFSET 0: whatever the planner thinks).
SELECT DISTINCT c.master_id
FROM unnest(CAST(:ids AS bigint[])) AS given (id)
CROSS JOIN LATERAL (
    SELECT right_id AS mate FROM edge WHERE left_id = given.id
    UNION ALL
    SELECT left_id FROM edge WHERE right_id = given.id
    OFFSET 0
) AS e
CROSS JOIN LATERAL (
    SELECT master_id FROM crosswalk WHERE record_id = e.mate AND until_version IS NULL OFFSET 0
) AS c
