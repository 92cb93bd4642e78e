-- Keep what is wrong with records: what is still wrong stays as old as it is, what no longer is goes.
WITH given AS (
    SELECT *
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS g (
        record_id bigint, domain text, rule text, attributes text[], dimension text, severity text, owner text,
        effect text, state text, key text, evidence jsonb, valid_from timestamptz, valid_to timestamptz
    )
), gone AS (
    DELETE FROM finding f
    WHERE f.record_id = ANY (CAST(:ids AS bigint[]))
      AND NOT EXISTS (
          SELECT FROM given g
          WHERE (g.record_id, g.rule, g.attributes, g.valid_from) = (f.record_id, f.rule, f.attributes, f.valid_from)
      )
)
INSERT INTO finding (
    record_id, domain, rule, attributes, dimension, severity, owner, effect, state, key, evidence, valid_from, valid_to,
    since
)
SELECT
    record_id, domain, rule, attributes, dimension, severity, owner, effect, state, key, evidence, valid_from, valid_to,
    :now
FROM given
ON CONFLICT (record_id, rule, attributes, valid_from) DO UPDATE
SET dimension = excluded.dimension,
    severity = excluded.severity,
    owner = excluded.owner,
    effect = excluded.effect,
    state = excluded.state,
    since = CASE WHEN finding.key = excluded.key THEN finding.since ELSE excluded.since END,
    key = excluded.key,
    evidence = excluded.evidence,
    valid_to = excluded.valid_to
WHERE (finding.dimension, finding.severity, finding.owner, finding.effect, finding.state, finding.key, finding.evidence,
       finding.valid_to)
   IS DISTINCT FROM
      (excluded.dimension, excluded.severity, excluded.owner, excluded.effect, excluded.state, excluded.key,
       excluded.evidence, excluded.valid_to)
