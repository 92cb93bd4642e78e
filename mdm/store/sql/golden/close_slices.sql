-- End slices at a version.
UPDATE golden_slice s
SET until_version = given.until_version
FROM unnest(CAST(:ids AS bigint[]), CAST(:versions AS int[])) AS given (id, until_version)
WHERE s.id = given.id
