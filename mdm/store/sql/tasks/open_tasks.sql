-- Open tasks; of one that is open already the evidence is renewed, and who set it aside is asked again if it changed.
INSERT INTO task AS t (id, domain, kind, owner, severity, consequence, master_id, other_id, topic, reason, evidence,
                       what_changed, due_at, created_at, correlation_id)
SELECT id, :domain, :kind, owner, severity, consequence, master_id, other_id, topic, reason, evidence,
       nullif(what_changed, 'null'), due_at, :now, correlation_id
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
     AS given (id uuid, owner text, severity text, consequence real, master_id uuid, other_id uuid, topic text,
               reason text, evidence jsonb, what_changed jsonb, due_at timestamptz, correlation_id text)
ORDER BY master_id, other_id, topic
ON CONFLICT (kind, master_id, other_id, topic, owner) WHERE closed_at IS NULL DO UPDATE
SET severity = excluded.severity, consequence = excluded.consequence,
    reason = excluded.reason, evidence = excluded.evidence, due_at = least(t.due_at, excluded.due_at),
    what_changed = excluded.what_changed,
    deferred_until = CASE WHEN excluded.what_changed IS NOT DISTINCT FROM t.what_changed THEN t.deferred_until END,
    skipped_by = CASE WHEN excluded.what_changed IS NOT DISTINCT FROM t.what_changed THEN t.skipped_by ELSE '{}' END
WHERE (t.severity, t.reason, t.evidence) IS DISTINCT FROM (excluded.severity, excluded.reason, excluded.evidence)
   OR t.consequence <> excluded.consequence OR t.what_changed IS DISTINCT FROM excluded.what_changed
