-- Add what single messages did to the minute's counts of their sources and domains.
INSERT INTO source_window (source, domain, minute, slot, records, changed, deleted, blanked, senders)
SELECT source, domain, date_trunc('minute', CAST(:now AS timestamptz)), pg_backend_pid() % 8, records, changed, deleted,
       blanked, ARRAY(SELECT jsonb_array_elements_text(CAST(senders AS jsonb)))
FROM unnest(CAST(:sources AS text[]), CAST(:domains AS text[]), CAST(:records AS int[]), CAST(:changed AS int[]),
            CAST(:deleted AS int[]), CAST(:blanked AS int[]), CAST(:senders AS text[]))
     AS counted (source, domain, records, changed, deleted, blanked, senders)
ORDER BY source, domain
ON CONFLICT (source, domain, minute, slot) DO UPDATE
SET records = source_window.records + excluded.records, changed = source_window.changed + excluded.changed,
    deleted = source_window.deleted + excluded.deleted, blanked = source_window.blanked + excluded.blanked,
    senders = ARRAY(SELECT unnest(source_window.senders) UNION SELECT unnest(excluded.senders))
