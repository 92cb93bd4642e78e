-- Lock the chosen dead letters that nobody has decided about since they were chosen.
SELECT d.id, d.subscriber, d.domain, d.master_id, d.version
FROM dead_letter d
JOIN ({chosen}) AS chosen ON chosen.id = d.id
WHERE d.state = 'open' AND d.replay_id IS NOT DISTINCT FROM chosen.replay_id
ORDER BY d.id
FOR UPDATE OF d
