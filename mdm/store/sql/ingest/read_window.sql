-- Add up what a source's single messages did to a domain since an instant, and who sent those that did anything.
SELECT coalesce(sum(records), 0) AS records, coalesce(sum(changed), 0) AS changed, coalesce(sum(deleted), 0) AS deleted,
       coalesce(sum(blanked), 0) AS blanked,
       ARRAY(SELECT DISTINCT unnest(senders) FROM source_window
             WHERE source = :source AND domain = :domain AND minute >= :since ORDER BY 1) AS senders
FROM source_window
WHERE source = :source AND domain = :domain AND minute >= :since
