-- Bring the deliveries that a source's hold keeps back to another state; without an end they are pending again.
UPDATE delivery
SET state = :state, ended_at = :ended_at, attempts = 0
WHERE hold_id = :hold_id AND state = 'held'
