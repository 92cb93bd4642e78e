-- Let the records of a domain that rest be done again from now on, and those that a day they wait for, too, has kept from
-- being done again for their release by :late.
UPDATE redo d
SET due_at = :now
FROM source_record r
WHERE r.id = d.record_id AND r.domain = :domain
  AND (d.due_at = :rested OR (d.due_at > :late AND 'release' = ANY (d.reasons)))
