-- I15: every dead letter is open, or was settled by something that is there: a newer version, a replay, a person.
SELECT 'dead letter ' || d.id || ' (' || coalesce(d.subscriber, 'unreadable') || ', ' || coalesce(d.subject, 'unknown')
       || ') is ' || d.state || ' without '
       || CASE d.state WHEN 'superseded' THEN 'a newer version'
                       WHEN 'replayed' THEN 'a replay that is done'
                       WHEN 'discarded' THEN 'who said so and why'
                       ELSE 'such a state' END AS finding
FROM dead_letter d
WHERE d.state NOT IN ('open', 'superseded', 'replayed', 'discarded')
   OR (d.state = 'discarded' AND (d.decided_by IS NULL OR d.note IS NULL))
   OR (d.state = 'replayed' AND NOT EXISTS (SELECT FROM replay r WHERE r.id = d.replay_id AND r.state = 'done'))
   OR (d.state = 'superseded'
       AND NOT EXISTS (SELECT FROM publishers.head h WHERE h.subject = d.subject AND h.version > d.version)
       AND NOT EXISTS (SELECT FROM dead_letter l
                       WHERE l.subscriber = d.subscriber AND l.subject = d.subject AND l.id > d.id
                         AND l.version >= d.version))
UNION ALL
SELECT 'dead letter ' || d.id || ' does not say who gave which message up' AS finding
FROM dead_letter d
WHERE d.kind <> 'unreadable' AND (d.subscriber IS NULL OR d.stream IS NULL OR d.stream_sequence IS NULL)
