-- Have the records judged again that share a value to be said once only with one of these records, them included.
INSERT INTO redo AS d (record_id, reasons, due_at, created_at, origin)
SELECT DISTINCT other.record_id, ARRAY[CAST(:reason AS text)], CAST(:now AS timestamptz), CAST(:now AS timestamptz),
       CAST(NULL AS jsonb)
FROM unique_value mine
JOIN unique_value other ON (other.domain, other.attribute, other.key) = (mine.domain, mine.attribute, mine.key)
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
