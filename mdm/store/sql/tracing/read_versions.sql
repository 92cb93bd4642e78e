-- Read the versions that came of deliveries or of anything else in a trace, and where their events are.
WITH place AS (
    SELECT v.master_id, v.version
    FROM golden_version v
    WHERE v.cause ->> 'correlation_id' = :correlation_id AND CAST(:id AS bigint) IS NULL
    UNION
    SELECT v.master_id, v.version
    FROM golden_version v
    WHERE v.cause ->> 'correlation_id' = :correlation_id AND v.cause -> 'deliveries' @> to_jsonb(CAST(:id AS bigint))
    UNION
    SELECT v.master_id, v.version
    FROM (SELECT DISTINCT master_id FROM crosswalk WHERE record_id = ANY (CAST(:records AS bigint[]))) c
    JOIN golden_version v USING (master_id)
    WHERE v.recorded_at >= CAST(:since AS timestamptz) AND EXISTS (
        SELECT FROM jsonb_array_elements(v.cause -> 'deliveries') AS d (id)
        WHERE CAST(d.id AS bigint) = ANY (CAST(:deliveries AS bigint[]))
    )
)
SELECT v.master_id, v.version, m.domain, v.recorded_at, v.event_id, v.event_type, v.status, v.release, v.cause,
       coalesce(p.announced_at, o.created_at) AS announced_at,
       coalesce(p.published_at, o.published_at) AS published_at,
       coalesce(p.stream_sequence, o.stream_sequence) AS stream_sequence,
       o.seq IS NOT NULL AND o.published_at IS NULL AS waits, o.attempts, o.last_error
FROM place
JOIN golden_version v USING (master_id, version)
JOIN master m ON m.id = v.master_id
LEFT JOIN propagation p ON (p.master_id, p.version) = (v.master_id, v.version)
LEFT JOIN publishers.outbox o
       ON o.subject = :subjects || m.domain || '.' || CAST(v.master_id AS text) AND o.version = v.version
ORDER BY v.recorded_at, v.master_id, v.version
LIMIT :limit
