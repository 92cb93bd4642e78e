-- Find the records that claim anything about some attributes, or have ever told it.
SELECT r.id
FROM source_record r
WHERE r.id = ANY (CAST(:ids AS bigint[])) AND r.state -> 'claims' ?| CAST(:attributes AS text[])
UNION
SELECT f.record_id
FROM fact f
WHERE f.record_id = ANY (CAST(:ids AS bigint[])) AND f.attributes ?| CAST(:attributes AS text[])
