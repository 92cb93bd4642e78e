-- I9: cannot-link records are apart, must-link ones together.
SELECT 'records ' || n.left_id || ' and ' || n.right_id || ' are '
       || CASE WHEN n.kind = 'must' THEN 'apart against a must-link' ELSE 'together against a cannot-link' END AS finding
FROM record_constraint n
JOIN crosswalk a ON a.record_id = n.left_id AND a.until_version IS NULL
JOIN crosswalk b ON b.record_id = n.right_id AND b.until_version IS NULL
WHERE (n.kind = 'must') <> (a.master_id = b.master_id)
