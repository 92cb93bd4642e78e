-- Have the records judged again that share a value to be said once only with one of these records, as many as are told of
-- each other, and them.
INSERT INTO redo AS d (record_id, reasons, due_at, created_at, origin)
SELECT DISTINCT other.record_id, ARRAY[CAST(:reason AS text)], CAST(:now AS timestamptz), CAST(:now AS timestamptz),
       CAST(NULL AS jsonb)
FROM unique_value mine
CROSS JOIN LATERAL (
    (
        SELECT record_id
        FROM unique_value
        WHERE (domain, attribute, key) = (mine.domain, mine.attribute, mine.key)
        ORDER BY record_id
        LIMIT :most
    )
    UNION
    SELECT mine.record_id
) AS other
WHERE mine.record_id = ANY (CAST(:ids AS bigint[]))
  AND EXISTS (
      SELECT FROM unique_value second
      WHERE (second.domain, second.attribute, second.key) = (mine.domain, mine.attribute, mine.key)
        AND second.record_id <> mine.record_id
  )
ORDER BY other.record_id
ON CONFLICT (record_id) DO UPDATE
SET due_at = least(d.due_at, excluded.due_at),
    reasons = CASE WHEN excluded.reasons <@ d.reasons THEN d.reasons ELSE d.reasons || excluded.reasons END
