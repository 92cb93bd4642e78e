-- Keep the numbers of versions that were announced and are lost; where their events are known, their ids too.
WITH given AS (
    SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (id uuid, version int, events jsonb)
), lost AS (
    INSERT INTO golden_version (master_id, version, recorded_at, evaluated_at, event_id, event_type, cause, release,
                                status, merged_into)
    SELECT m.id, number, greatest(CAST(:now AS timestamptz), m.recorded_at) + (number - m.version) * interval '1 microsecond',
           m.evaluated_at, coalesce(CAST(given.events ->> CAST(number AS text) AS uuid), CAST(:unknown AS uuid)), 'lost',
           jsonb_build_object('kind', 'lost', 'deliveries', jsonb_build_array(), 'correlation_id', CAST(:correlation_id AS text)),
           :release, m.status, m.merged_into
    FROM given
    JOIN master m ON m.id = given.id
    CROSS JOIN LATERAL generate_series(m.version + 1, given.version) AS number
    RETURNING master_id, version, recorded_at
), newest AS (
    SELECT DISTINCT ON (master_id) * FROM lost ORDER BY master_id, version DESC
)
UPDATE master m
SET version = newest.version, recorded_at = newest.recorded_at, revision = m.revision + 1
FROM newest
WHERE m.id = newest.master_id
