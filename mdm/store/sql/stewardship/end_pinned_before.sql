-- End the overrides on attributes that newer ones of the same interval take the place of.
UPDATE override o
SET ended_at = :now, ended_by = :by
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
     AS given (master_id uuid, attribute text, valid_from timestamptz, valid_to timestamptz)
WHERE o.ended_at IS NULL AND o.master_id = given.master_id AND o.attribute = given.attribute
  AND o.valid <@ tstzrange(given.valid_from, given.valid_to)
