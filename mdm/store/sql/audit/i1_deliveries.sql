-- I1: every accepted delivery is pending, or ended in a known way and with what that way needs.
SELECT 'delivery ' || d.id || ' (' || d.source || ', ' || d.message_id || ') is ' || d.state || ' without '
       || CASE WHEN d.state = 'quarantined' THEN 'a quarantine row'
               WHEN d.state IN ('applied', 'late') THEN 'a fact'
               WHEN d.state = 'held' THEN 'somebody being asked about its load or source'
               WHEN d.state = 'discarded' THEN 'who decided so'
               ELSE 'a proper end' END AS finding
FROM delivery d
LEFT JOIN load l ON l.id = d.load_id
LEFT JOIN source_hold h ON h.id = d.hold_id
WHERE d.state NOT IN ('pending', 'applied', 'unchanged', 'late', 'held', 'quarantined', 'discarded')
   OR (d.state = 'pending') <> (d.ended_at IS NULL)
   OR (d.state IN ('applied', 'late') AND NOT EXISTS (SELECT FROM fact f WHERE f.delivery_id = d.id))
   OR (d.state = 'quarantined' AND NOT EXISTS (SELECT FROM quarantine q WHERE q.delivery_id = d.id AND q.state = 'open'))
   OR (d.state = 'held' AND coalesce(h.state, l.state, '') <> 'held')
   OR (d.state = 'discarded' AND coalesce(h.state, l.state, '') <> 'discarded'
       AND NOT EXISTS (SELECT FROM quarantine q WHERE q.delivery_id = d.id AND q.state = 'discarded'))
UNION ALL
SELECT 'load ' || l.id || ' is ' || l.state || ', but delivery ' || d.id || ' of it is ' || d.state
FROM load l
JOIN delivery d ON d.load_id = l.id AND d.state <> l.state
WHERE l.state IN ('held', 'discarded')
UNION ALL
SELECT 'load ' || id || ' was ' || state || ' without who decided so, and why'
FROM load
WHERE state IN ('released', 'discarded')
  AND (decided_by IS NULL OR decided_by = started_by OR note IS NULL
       OR EXISTS (SELECT FROM delivery d WHERE d.load_id = load.id AND d.delivered_by = load.decided_by))
