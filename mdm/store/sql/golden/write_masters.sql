-- Insert masters or bring them to their next version.
INSERT INTO master AS m (id, domain, status, merged_into, version, revision, created_at, recorded_at, evaluated_at, due_at,
                         due_reason, retired_at, search_text)
SELECT id, :domain, status, merged_into, version, 1, recorded_at, recorded_at, :evaluated_at, due_at, due_reason,
       retired_at, search_text
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
     AS given (id uuid, status text, merged_into uuid, version int, recorded_at timestamptz, due_at timestamptz,
               due_reason text, retired_at timestamptz, search_text text)
ON CONFLICT (id) DO UPDATE
SET status = excluded.status, merged_into = excluded.merged_into, version = excluded.version,
    revision = m.revision + 1, recorded_at = excluded.recorded_at, evaluated_at = excluded.evaluated_at,
    due_at = excluded.due_at, due_reason = excluded.due_reason, retired_at = excluded.retired_at,
    search_text = excluded.search_text
