-- Find the must-links inside masters whose evidence has changed since a steward decided.
SELECT a.master_id, n.left_id, n.right_id, n.changed
FROM crosswalk a
JOIN record_constraint n ON n.left_id = a.record_id AND n.kind = 'must' AND n.changed IS NOT NULL
JOIN crosswalk b ON b.record_id = n.right_id AND b.until_version IS NULL AND b.master_id = a.master_id
WHERE a.until_version IS NULL AND a.master_id = ANY (CAST(:ids AS uuid[]))
ORDER BY a.master_id, n.left_id, n.right_id
