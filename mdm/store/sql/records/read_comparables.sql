-- Read what scoring needs of records.
SELECT id, comparable FROM source_record WHERE id = ANY (CAST(:ids AS bigint[]))
