-- I14: every master that a restore concerns has been announced anew.
SELECT 'master ' || master_id || ' was announced in versions that are lost, and not since' AS finding
FROM restoration
WHERE announced_at IS NULL
