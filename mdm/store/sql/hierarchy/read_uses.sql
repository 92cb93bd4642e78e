-- Read which golden records refer to masters, a page at a time, as it was valid at one time and known at another.
SELECT r.id, r.master_id, r.attribute, r.upward, m.domain, v.version, v.status, s.attributes
FROM unnest(CAST(:ids AS uuid[])) AS target (id)
CROSS JOIN LATERAL (
    SELECT g.id, g.master_id, g.attribute, g.upward
    FROM golden_reference g
    JOIN master m ON m.id = g.master_id AND m.domain = ANY (CAST(:domains AS text[]))
    WHERE g.target_id = target.id AND g.id > :after AND g.valid @> CAST(:valid_at AS timestamptz)
      AND g.known @> coalesce(CAST(:known_at AS timestamptz), 'infinity')
      AND (CAST(:attribute AS text) IS NULL OR g.attribute = :attribute)
    ORDER BY g.id
    LIMIT :limit
) AS r
JOIN master m ON m.id = r.master_id
CROSS JOIN LATERAL (
    SELECT version, status
    FROM golden_version
    WHERE master_id = r.master_id AND recorded_at <= coalesce(CAST(:known_at AS timestamptz), 'infinity')
    ORDER BY version DESC
    LIMIT 1
) AS v
LEFT JOIN LATERAL (
    SELECT (SELECT jsonb_object_agg(name, g.attributes -> name)
            FROM jsonb_array_elements_text(CAST(:shown AS jsonb) -> m.domain) AS given (name)
            WHERE jsonb_exists(g.attributes, name)) AS attributes
    FROM golden_slice g
    WHERE g.master_id = r.master_id AND g.valid @> CAST(:valid_at AS timestamptz)
      AND g.from_version <= v.version AND (g.until_version IS NULL OR g.until_version > v.version)
) AS s ON true
ORDER BY r.id
LIMIT :limit
