-- Read the crosswalk of one version of a master; records changed since :known_at are asked what they said by then.
SELECT r.source, r.source_key, c.link_no, c.reason, c.from_version,
       CASE WHEN CAST(:known_at AS timestamptz) IS NULL OR r.updated_at <= CAST(:known_at AS timestamptz) THEN r.ended_at
            ELSE said.ended_at END AS ended_at
FROM crosswalk c
JOIN source_record r ON r.id = c.record_id
LEFT JOIN LATERAL (
    SELECT CASE WHEN f.operation = 'delete'
                THEN coalesce(f.effective_from,
                              CASE WHEN r.source <> ALL (CAST(:untimely AS text[])) THEN f.source_time END,
                              f.received_at) END AS ended_at
    FROM fact f
    JOIN delivery d ON d.id = f.delivery_id
    WHERE f.record_id = r.id AND d.ended_at <= CAST(:known_at AS timestamptz) AND r.updated_at > CAST(:known_at AS timestamptz)
    ORDER BY coalesce(f.version, -1) DESC, coalesce(f.source_time, f.received_at) DESC, f.delivery_id DESC
    LIMIT 1
) AS said ON true
WHERE c.master_id = :id AND c.from_version <= :version AND (c.until_version IS NULL OR c.until_version > :version)
ORDER BY r.source, r.source_key
