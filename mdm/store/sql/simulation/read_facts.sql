-- Read every fact of records.
SELECT delivery_id, record_id, version, source_time, received_at, operation, effective_from, replace, master_id, attributes
FROM fact
WHERE record_id = ANY (CAST(:ids AS bigint[]))
