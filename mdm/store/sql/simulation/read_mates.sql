-- Read the records of the masters that these records belong to now, these themselves included.
SELECT mate.record_id AS id
FROM unnest(CAST(:ids AS bigint[])) AS given (id)
CROSS JOIN LATERAL (
    SELECT master_id FROM crosswalk WHERE record_id = given.id AND until_version IS NULL OFFSET 0
) AS own
CROSS JOIN LATERAL (
    SELECT record_id FROM crosswalk WHERE master_id = own.master_id AND until_version IS NULL OFFSET 0
) AS mate
UNION
SELECT unnest(CAST(:ids AS bigint[]))
