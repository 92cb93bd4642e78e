-- Have the records judged again that say one of these values, as many as are told of each other, but for those that were
-- judged just now and are alone.
INSERT INTO redo AS d (record_id, reasons, due_at, created_at, origin)
SELECT DISTINCT u.record_id, ARRAY[CAST(:reason AS text)], CAST(:now AS timestamptz), CAST(:now AS timestamptz),
       CAST(NULL AS jsonb)
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS g (domain text, attribute text, key text)
CROSS JOIN LATERAL (
    (
        SELECT record_id
        FROM unique_value
        WHERE (domain, attribute, key) = (g.domain, g.attribute, g.key)
        ORDER BY record_id
        LIMIT :most
    )
    UNION
    SELECT record_id
    FROM unique_value
    WHERE (domain, attribute, key) = (g.domain, g.attribute, g.key) AND record_id = ANY (CAST(:ids AS bigint[]))
) AS u
WHERE NOT u.record_id = ANY (CAST(:ids AS bigint[]))
   OR EXISTS (
       SELECT FROM unique_value second
       WHERE (second.domain, second.attribute, second.key) = (g.domain, g.attribute, g.key)
         AND second.record_id <> u.record_id
   )
ORDER BY u.record_id
ON CONFLICT (record_id) DO UPDATE
SET due_at = least(d.due_at, excluded.due_at),
    reasons = CASE WHEN excluded.reasons <@ d.reasons THEN d.reasons ELSE d.reasons || excluded.reasons END
