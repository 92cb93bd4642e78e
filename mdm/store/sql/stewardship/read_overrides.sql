-- Read the overrides in force on masters, those made on ids that were merged into them included.
WITH RECURSIVE merged (root, id) AS (
    SELECT id, id FROM unnest(CAST(:ids AS uuid[])) AS given (id)
    UNION
    SELECT merged.root, m.id FROM merged JOIN master m ON m.merged_into = merged.id
)
SELECT merged.root AS master_id, o.id, o.master_id AS made_on, o.attribute, o.value, o.std, lower(o.valid) AS valid_from,
       upper(o.valid) AS valid_to, o.made_at, o.made_by, o.reason, o.expires_at,
       o.agreement, o.review_at, o.request_id
FROM merged
JOIN override o ON o.master_id = merged.id AND o.ended_at IS NULL
ORDER BY merged.root, o.made_at, o.id
