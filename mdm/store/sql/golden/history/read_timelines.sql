-- Read the timelines of versions of masters, in time order.
SELECT s.master_id, lower(s.valid) AS valid_from, upper(s.valid) AS valid_to, s.attributes
FROM unnest(CAST(:ids AS uuid[]), CAST(:versions AS int[])) AS given (id, version)
CROSS JOIN LATERAL (
    SELECT master_id, valid, attributes
    FROM golden_slice
    WHERE master_id = given.id AND int4range(from_version, until_version) @> given.version
    OFFSET 0
) AS s
ORDER BY s.master_id, lower(s.valid) NULLS FIRST
