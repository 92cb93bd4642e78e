-- Bring back the ids of masters that were announced and are lost, without anything in them; the others are left.
INSERT INTO master (id, domain, status, version, revision, created_at, recorded_at, evaluated_at, search_text)
SELECT id, :domain, 'active', 0, 1, :now, :now, :now, '' FROM unnest(CAST(:ids AS uuid[])) AS given (id)
ON CONFLICT (id) DO NOTHING
RETURNING id
