-- Keep the values of a change request back until now, for good: they count from their approval on.
UPDATE hold
SET valid = tstzrange(lower(valid), least(upper(valid), :now)), state = 'past'
WHERE request_id = :id AND state = 'pending' AND (lower_inf(valid) OR lower(valid) < :now)
