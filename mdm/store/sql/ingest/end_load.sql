-- Bring the deliveries of a load from one of some states to another; without an end they are pending again.
UPDATE delivery
SET state = :state, ended_at = :ended_at, attempts = 0
WHERE load_id = :load_id AND state = ANY (CAST(:from_states AS text[]))
