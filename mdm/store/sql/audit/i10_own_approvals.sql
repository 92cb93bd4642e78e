-- I10: nobody approved a change of their own, and what counts as approved was approved by every owner.
SELECT 'change request ' || c.id || ' was decided by its author ' || d.decided_by AS finding
FROM change_request c
JOIN change_decision d ON d.request_id = c.id AND d.decided_by = ANY (c.authors)
UNION ALL
SELECT 'change request ' || c.id || ' is approved, but ' || d.owner || ' has not approved it'
FROM change_request c
JOIN change_decision d ON d.request_id = c.id AND d.state <> 'approved'
WHERE c.state = 'approved'
