-- I12: no match between two masters is left without a question to a steward or an answer from one.
SELECT DISTINCT 'records ' || e.left_id || ' and ' || e.right_id || ' match with ' || round(CAST(e.weight AS numeric), 1)
       || ', but are in two masters and nobody was asked' AS finding
FROM edge e
JOIN crosswalk a ON a.record_id = e.left_id AND a.until_version IS NULL
JOIN crosswalk b ON b.record_id = e.right_id AND b.until_version IS NULL AND b.master_id <> a.master_id
WHERE e.outcome = 'match'
  AND NOT EXISTS (
      SELECT FROM task t
      WHERE t.closed_at IS NULL AND t.kind = 'match_review'
        AND t.master_id = least(a.master_id, b.master_id) AND t.other_id = greatest(a.master_id, b.master_id))
  AND NOT EXISTS (
      SELECT FROM record_constraint n
      JOIN crosswalk x ON x.record_id = n.left_id AND x.until_version IS NULL
      JOIN crosswalk y ON y.record_id = n.right_id AND y.until_version IS NULL
      WHERE n.kind = 'cannot'
        AND (x.master_id, y.master_id) IN ((a.master_id, b.master_id), (b.master_id, a.master_id)))
