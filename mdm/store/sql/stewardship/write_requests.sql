-- Open change requests or renew what they ask; a renewed one goes on in the trace of what renewed it.
INSERT INTO change_request AS c (id, domain, master_id, kind, state, authors, reason, changes, digest, release,
                                 correlation_id, deliveries, traceparent, tracestate, created_at, renewed_at)
SELECT id, :domain, master_id, kind, 'open', ARRAY(SELECT jsonb_array_elements_text(authors)), reason, changes, digest,
       :release, correlation_id, ARRAY(SELECT CAST(jsonb_array_elements(deliveries) AS bigint)), traceparent, tracestate,
       :now, :now
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
     AS given (id uuid, master_id uuid, kind text, authors jsonb, reason text, changes jsonb, digest text,
               correlation_id text, deliveries jsonb, traceparent text, tracestate text)
ON CONFLICT (id) DO UPDATE
SET authors = excluded.authors, changes = excluded.changes, digest = excluded.digest, release = excluded.release,
    renewed_at = excluded.renewed_at, correlation_id = excluded.correlation_id, deliveries = excluded.deliveries,
    traceparent = excluded.traceparent, tracestate = excluded.tracestate
