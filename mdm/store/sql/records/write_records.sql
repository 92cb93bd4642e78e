-- Insert or replace the folded state of source records.
INSERT INTO source_record AS r (domain, source, source_key, revision, ended_at, state, comparable, created_at, updated_at)
SELECT domain, source, source_key, 1, ended_at, state, comparable, :now, :now
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
     AS given (domain text, source text, source_key text, ended_at timestamptz, state jsonb, comparable jsonb)
ON CONFLICT (domain, source, source_key) DO UPDATE
SET revision = r.revision + 1, ended_at = excluded.ended_at, state = excluded.state, comparable = excluded.comparable,
    updated_at = excluded.updated_at
RETURNING r.id, r.domain, r.source, r.source_key
