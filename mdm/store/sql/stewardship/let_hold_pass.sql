-- End the valid time of a hold and change its state.
UPDATE hold SET valid = tstzrange(lower(valid), CAST(:valid_to AS timestamptz)), state = :state WHERE id = :id
