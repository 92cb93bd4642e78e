-- Keep which values records say that are to be said once only.
WITH given AS (
    SELECT *
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS g (domain text, attribute text, key text, record_id bigint)
), gone AS (
    DELETE FROM unique_value u
    WHERE u.record_id = ANY (CAST(:ids AS bigint[]))
      AND NOT EXISTS (
          SELECT FROM given g
          WHERE (g.domain, g.attribute, g.key, g.record_id) = (u.domain, u.attribute, u.key, u.record_id)
      )
)
INSERT INTO unique_value (domain, attribute, key, record_id)
SELECT domain, attribute, key, record_id FROM given
ON CONFLICT DO NOTHING
