-- I1: every accepted delivery is pending, or ended in a known way and with what that way needs.
SELECT 'delivery ' || d.id || ' (' || d.source || ', ' || d.message_id || ') is ' || d.state || ' without '
       || CASE WHEN d.state = 'quarantined' THEN 'a quarantine row'
               WHEN d.state IN ('applied', 'late') THEN 'a fact'
               ELSE 'a proper end' END AS finding
FROM delivery d
WHERE d.state NOT IN ('pending', 'applied', 'unchanged', 'late', 'held', 'quarantined', 'discarded')
   OR (d.state = 'pending') <> (d.ended_at IS NULL)
   OR (d.state IN ('applied', 'late') AND NOT EXISTS (SELECT FROM fact f WHERE f.delivery_id = d.id))
   OR (d.state = 'quarantined' AND NOT EXISTS (SELECT FROM quarantine q WHERE q.delivery_id = d.id AND q.state = 'open'))
