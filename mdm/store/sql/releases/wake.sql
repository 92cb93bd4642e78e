-- Let the records of a domain that rest be done again from now on.
UPDATE redo d
SET due_at = :now
FROM source_record r
WHERE r.id = d.record_id AND r.domain = :domain AND d.due_at = :until
