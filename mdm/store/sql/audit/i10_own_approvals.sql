-- I10: nobody approved a change of their own, and what counts as approved was approved by every owner.
SELECT 'change request ' || c.id || ' was decided by its author ' || d.decided_by AS finding
FROM change_request c
JOIN change_decision d ON d.request_id = c.id AND d.decided_by = ANY (c.authors)
UNION ALL
SELECT 'change request ' || c.id || ' is approved, but ' || d.owner || ' has not approved it'
FROM change_request c
JOIN change_decision d ON d.request_id = c.id AND d.state <> 'approved'
WHERE c.state = 'approved'
UNION ALL
SELECT 'release ' || r.number || ' of ' || r.domain || ' was approved by its author ' || a.decided_by
FROM release r
JOIN release_approval a ON a.domain = r.domain AND a.number = r.number AND a.decided_by = ANY (r.authors)
UNION ALL
SELECT 'release ' || r.number || ' of ' || r.domain || ' was switched on, but nobody has approved it'
FROM release r
WHERE r.follows IS NOT NULL AND r.rolls_back IS NULL AND r.authors <> '{}'
  AND NOT EXISTS (SELECT 1 FROM release_approval a WHERE a.domain = r.domain AND a.number = r.number)
