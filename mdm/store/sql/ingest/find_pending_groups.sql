-- Find what holds pending deliveries that may be processed: single ones (load_id NULL) and loads, the oldest first.
WITH RECURSIVE waiting AS (
    (SELECT load_id FROM delivery WHERE state = 'pending' AND load_id IS NOT NULL ORDER BY load_id LIMIT 1)
    UNION ALL
    SELECT (SELECT d.load_id FROM delivery d
            WHERE d.state = 'pending' AND d.load_id > w.load_id ORDER BY d.load_id LIMIT 1)
    FROM waiting w
    WHERE w.load_id IS NOT NULL
), pending AS (
    SELECT CAST(NULL AS uuid) AS load_id,
           (SELECT id FROM delivery WHERE state = 'pending' AND load_id IS NULL ORDER BY load_id, id LIMIT 1) AS first_id
    UNION ALL
    SELECT l.id, (SELECT d.id FROM delivery d WHERE d.state = 'pending' AND d.load_id = l.id ORDER BY d.id LIMIT 1)
    FROM waiting w
    JOIN load l ON l.id = w.load_id AND (l.initial OR l.state IN ('accepted', 'released'))
    WHERE :loads
)
SELECT load_id FROM pending WHERE first_id IS NOT NULL ORDER BY first_id
