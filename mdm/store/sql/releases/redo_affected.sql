-- Have the affected records done again, so many a second.
WITH wanted AS (
    SELECT id, max(depth) AS depth, bool_or(announced) AS announced
    FROM affected
    GROUP BY id
), added AS (
    INSERT INTO redo AS d (record_id, reasons, due_at, created_at, depth)
    SELECT id,
           CASE WHEN announced THEN ARRAY['release', 'announce'] ELSE ARRAY['release'] END,
           CAST(:now AS timestamptz) + (row_number() OVER (ORDER BY id) - 1) * make_interval(secs => 1 / CAST(:rate AS float)),
           :now,
           depth
    FROM wanted
    ORDER BY id
    ON CONFLICT (record_id) DO UPDATE
    SET due_at = least(d.due_at, excluded.due_at),
        reasons = (SELECT array_agg(DISTINCT reason) FROM unnest(d.reasons || excluded.reasons) AS reason),
        depth = greatest(d.depth, excluded.depth)
    RETURNING depth
)
SELECT count(*) AS records,
       count(*) FILTER (WHERE depth = 0) AS looked,
       count(*) FILTER (WHERE depth = 1) AS compared,
       count(*) FILTER (WHERE depth = 2) AS folded
FROM added
