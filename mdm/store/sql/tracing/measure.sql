-- Measure published events from the mark on, the oldest first, and count how long each of their stages took.
-- A source time tells nothing where times are not trusted. Bounds are looked up mirrored: each belongs to what it bounds.
WITH fresh AS MATERIALIZED (
    SELECT split_part(o.subject, '.', 4) AS domain, CAST(split_part(o.subject, '.', 5) AS uuid) AS master_id,
           CAST(o.version AS integer) AS version, o.created_at, o.published_at, o.stream_sequence
    FROM publishers.outbox o
    WHERE o.published_at > :since AND o.subject LIKE :subjects
      AND NOT EXISTS (
          SELECT FROM propagation p
          WHERE p.master_id = CAST(split_part(o.subject, '.', 5) AS uuid) AND p.version = o.version
      )
    ORDER BY o.published_at
    LIMIT :size
), told AS MATERIALIZED (
    SELECT f.*, v.recorded_at, v.cause ->> 'kind' AS kind,
           CAST(v.cause -> 'deliveries' ->> -1 AS bigint) AS delivery_id,
           CAST(v.approval -> 'requests' ->> 0 AS uuid) AS request_id
    FROM fresh f
    JOIN golden_version v ON (v.master_id, v.version) = (f.master_id, f.version)
), added AS (
    INSERT INTO propagation (master_id, version, domain, source, source_time, accepted_at, resolved_at, approved_at,
                             announced_at, published_at, stream_sequence)
    SELECT t.master_id, t.version, t.domain, d.source,
           CASE WHEN t.domain || '/' || d.source <> ALL (CAST(:untimely AS text[])) THEN a.source_time END,
           d.received_at,
           CASE t.kind WHEN 'delivery' THEN t.recorded_at WHEN 'approval' THEN c.renewed_at END,
           CASE t.kind WHEN 'approval' THEN t.recorded_at END,
           t.created_at, t.published_at, t.stream_sequence
    FROM told t
    LEFT JOIN delivery d ON d.id = t.delivery_id AND t.kind IN ('delivery', 'approval')
    LEFT JOIN fact a ON a.delivery_id = d.id
    LEFT JOIN change_request c ON c.id = t.request_id AND t.kind = 'approval'
    ON CONFLICT (master_id, version) DO NOTHING
    RETURNING *
), staged AS (
    SELECT a.domain, s.stage, CAST(extract(epoch FROM s.took) AS double precision) AS seconds
    FROM added a
    CROSS JOIN LATERAL (VALUES
        ('source', a.accepted_at - a.source_time),
        ('resolve', a.resolved_at - a.accepted_at),
        ('approve', a.approved_at - a.resolved_at),
        ('publish', a.published_at - a.announced_at),
        ('total', a.published_at - a.accepted_at)
    ) AS s (stage, took)
    WHERE s.took IS NOT NULL
), counted AS (
    INSERT INTO propagation_count AS c (domain, stage, bound, events, seconds, skewed)
    SELECT domain, stage, -(CAST(:mirrored AS double precision[]))[
               width_bucket(-greatest(seconds, 0), CAST(:mirrored AS double precision[]))],
           count(*), sum(greatest(seconds, 0)), count(*) FILTER (WHERE seconds < 0)
    FROM staged
    GROUP BY 1, 2, 3
    ORDER BY 1, 2, 3
    ON CONFLICT (domain, stage, bound) DO UPDATE
    SET events = c.events + excluded.events, seconds = c.seconds + excluded.seconds, skewed = c.skewed + excluded.skewed
), moved AS (
    UPDATE propagation_mark SET measured_until = greatest(measured_until, (SELECT max(published_at) FROM fresh))
    WHERE EXISTS (SELECT FROM fresh)
)
SELECT count(*) AS measured FROM fresh
