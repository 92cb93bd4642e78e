-- End the simulations whose process has given no sign of life for long: it died.
UPDATE simulation
SET state = 'failed', ended_at = :now, outcome = :outcome
WHERE state = 'running' AND seen_at < :since
