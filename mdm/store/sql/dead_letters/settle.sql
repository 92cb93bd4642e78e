-- Write down what newer versions and ended replays have made of open dead letters.
UPDATE dead_letter d
SET state = chosen.state, decided_at = coalesce(d.decided_at, :now)
FROM ({chosen}) AS chosen
WHERE d.id = chosen.id AND d.state = 'open'
