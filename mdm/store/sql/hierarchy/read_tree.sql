-- Read what is below a master, level by level, as it was valid at one time and known at another.
-- OFFSET 0 and LATERAL: every step is a look into an index, whatever the planner estimates.
WITH RECURSIVE tree (id, parent_id, attribute, depth) AS (
    SELECT CAST(:id AS uuid), CAST(NULL AS uuid), CAST(NULL AS varchar), 0
    UNION ALL
    SELECT below.master_id, t.id, below.attribute, t.depth + 1
    FROM tree t
    CROSS JOIN LATERAL (
        SELECT r.master_id, r.attribute
        FROM golden_reference r
        WHERE r.target_id = t.id AND r.upward AND r.valid @> CAST(:valid_at AS timestamptz)
          AND r.known @> coalesce(CAST(:known_at AS timestamptz), 'infinity')
        OFFSET 0
    ) AS below
    WHERE t.depth < :depth
) CYCLE id SET looped USING path
SELECT t.id, t.parent_id, t.attribute, t.depth, m.domain, v.version, v.status, s.attributes
FROM (SELECT id, parent_id, attribute, depth FROM tree WHERE NOT looped LIMIT :limit) AS t
CROSS JOIN LATERAL (SELECT domain FROM master WHERE id = t.id OFFSET 0) AS m
CROSS JOIN LATERAL (
    SELECT version, status
    FROM golden_version
    WHERE master_id = t.id AND recorded_at <= coalesce(CAST(:known_at AS timestamptz), 'infinity')
    ORDER BY version DESC
    LIMIT 1
) AS v
LEFT JOIN LATERAL (
    SELECT (SELECT jsonb_object_agg(name, g.attributes -> name)
            FROM jsonb_array_elements_text(CAST(:shown AS jsonb) -> m.domain) AS given (name)
            WHERE jsonb_exists(g.attributes, name)) AS attributes
    FROM golden_slice g
    WHERE g.master_id = t.id AND g.valid @> CAST(:valid_at AS timestamptz)
      AND g.from_version <= v.version AND (g.until_version IS NULL OR g.until_version > v.version)
    OFFSET 0
) AS s ON true
ORDER BY t.depth
