-- Read what is above a master, the nearest first, as it was valid at one time and known at another.
WITH RECURSIVE above (id, attribute, depth) AS (
    SELECT CAST(:id AS uuid), CAST(NULL AS varchar), 0
    UNION ALL
    SELECT r.target_id, r.attribute, a.depth + 1
    FROM above a
    JOIN golden_reference r ON r.master_id = a.id
    WHERE r.upward AND r.valid @> CAST(:valid_at AS timestamptz)
      AND r.known @> coalesce(CAST(:known_at AS timestamptz), 'infinity')
) CYCLE id SET looped USING path
SELECT a.id, a.attribute, a.depth, m.domain, v.version, v.status, s.attributes
FROM above a
JOIN master m ON m.id = a.id
CROSS JOIN LATERAL (
    SELECT version, status
    FROM golden_version
    WHERE master_id = a.id AND recorded_at <= coalesce(CAST(:known_at AS timestamptz), 'infinity')
    ORDER BY version DESC
    LIMIT 1
) AS v
LEFT JOIN LATERAL (
    SELECT (SELECT jsonb_object_agg(name, g.attributes -> name)
            FROM jsonb_array_elements_text(CAST(:shown AS jsonb) -> m.domain) AS given (name)
            WHERE jsonb_exists(g.attributes, name)) AS attributes
    FROM golden_slice g
    WHERE g.master_id = a.id AND g.valid @> CAST(:valid_at AS timestamptz)
      AND g.from_version <= v.version AND (g.until_version IS NULL OR g.until_version > v.version)
) AS s ON true
WHERE a.depth > 0 AND NOT a.looped
ORDER BY a.depth
