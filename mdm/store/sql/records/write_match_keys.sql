-- Give records their blocking keys.
INSERT INTO match_key (key, record_id)
SELECT key, record_id
FROM unnest(CAST(:keys AS bigint[]), CAST(:record_ids AS bigint[])) AS given (key, record_id)
