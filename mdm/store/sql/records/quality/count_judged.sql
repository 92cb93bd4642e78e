-- Count per source the living records that each rule could judge, and those with findings by it.
WITH rules AS (
    SELECT * FROM jsonb_to_recordset(CAST(:rules AS jsonb)) AS g (rule text, needs text[])
), judged AS (
    SELECT r.source, g.rule, count(*) AS judged
    FROM source_record r
    JOIN rules g ON (r.state -> 'claims') ?& g.needs
    WHERE r.domain = :domain AND (r.ended_at IS NULL OR r.ended_at > :now) AND (r.state -> 'claims') <> '{}'
    GROUP BY r.source, g.rule
), found AS (
    SELECT r.source, f.rule,
           count(DISTINCT f.record_id) FILTER (WHERE f.state = 'failed') AS failed,
           count(DISTINCT f.record_id) FILTER (WHERE f.state = 'accepted') AS accepted,
           count(DISTINCT f.record_id) FILTER (WHERE f.state = 'unjudged') AS unjudged
    FROM finding f
    JOIN source_record r ON r.id = f.record_id
    WHERE f.domain = :domain
    GROUP BY r.source, f.rule
)
SELECT j.rule, j.source, j.judged, coalesce(f.failed, 0) AS failed, coalesce(f.accepted, 0) AS accepted,
       coalesce(f.unjudged, 0) AS unjudged
FROM judged j
LEFT JOIN found f USING (source, rule)
ORDER BY j.rule, j.source
