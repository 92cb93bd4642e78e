-- Close change requests that are still open.
UPDATE change_request SET state = :state, closed_at = :now WHERE id = ANY (CAST(:ids AS uuid[])) AND state = 'open'
