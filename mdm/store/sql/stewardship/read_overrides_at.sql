-- Read the overrides in force on a master at a recorded instant, those made on ids merged into it by then included.
WITH RECURSIVE merged (id) AS (
    SELECT CAST(:id AS uuid)
    UNION
    SELECT then_.master_id
    FROM merged
    JOIN golden_version v ON v.merged_into = merged.id AND v.evaluated_at <= :known_at
    CROSS JOIN LATERAL (
        SELECT w.master_id, w.merged_into
        FROM golden_version w
        WHERE w.master_id = v.master_id AND w.evaluated_at <= :known_at
        ORDER BY w.version DESC
        LIMIT 1
    ) AS then_
    WHERE then_.merged_into = merged.id
)
SELECT CAST(:id AS uuid) AS master_id, o.id, o.master_id AS made_on, o.attribute, o.value, o.std,
       lower(o.valid) AS valid_from, upper(o.valid) AS valid_to, o.made_at, o.made_by, o.reason, o.expires_at,
       o.since, o.agreement, o.review_at, o.request_id
FROM merged
JOIN override o ON o.master_id = merged.id AND o.since <= :known_at AND (o.ended_at IS NULL OR o.ended_at > :known_at)
ORDER BY o.made_at, o.id
