-- I8: every merged id leads to one living survivor, without going in circles.
WITH RECURSIVE path (start, id, merged_into, status, hops) AS (
    SELECT id, id, merged_into, status, 0 FROM master WHERE status = 'merged' OR merged_into IS NOT NULL
    UNION ALL
    SELECT p.start, m.id, m.merged_into, m.status, p.hops + 1
    FROM path p JOIN master m ON m.id = p.merged_into
    WHERE p.hops < 1000
)
SELECT 'merged master ' || start || ' leads to no living survivor' AS finding
FROM path
GROUP BY start
HAVING count(*) FILTER (WHERE merged_into IS NULL AND status <> 'merged') <> 1
