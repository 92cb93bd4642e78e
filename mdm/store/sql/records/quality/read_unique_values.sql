-- Read the values of records that are to be said once only.
SELECT domain, attribute, key, record_id
FROM unique_value
WHERE record_id = ANY (CAST(:ids AS bigint[]))
