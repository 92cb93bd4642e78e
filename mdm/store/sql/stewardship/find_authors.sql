-- Find who delivered what source records said at a time, and who proposed the values that stewards pinned.
SELECT said.source, said.key, said.said_at, CAST(NULL AS uuid) AS pin, d.delivered_by AS author
FROM jsonb_to_recordset(CAST(:said AS jsonb)) AS said (source text, key text, said_at timestamptz)
JOIN source_record r ON r.domain = :domain AND r.source = said.source AND r.source_key = said.key
JOIN fact f ON f.record_id = r.id AND coalesce(f.source_time, f.received_at) = said.said_at
JOIN delivery d ON d.id = f.delivery_id
UNION
SELECT NULL, NULL, NULL, o.id, unnest(o.made_by || coalesce(c.authors, '{}'))
FROM override o
LEFT JOIN change_request c ON c.id = o.request_id
WHERE o.id = ANY (CAST(:pins AS uuid[]))
