-- Open tasks; one that is open already gets the newer evidence.
INSERT INTO task (id, domain, kind, owner, severity, master_id, other_id, evidence, created_at)
SELECT id, :domain, :kind, :owner, :severity, master_id, other_id, evidence, :now
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (id uuid, master_id uuid, other_id uuid, evidence jsonb)
ORDER BY master_id, other_id
ON CONFLICT (kind, master_id, other_id) WHERE closed_at IS NULL DO UPDATE SET evidence = excluded.evidence
