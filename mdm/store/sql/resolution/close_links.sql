-- End links of records at a version of the master they leave.
UPDATE crosswalk c
SET until_version = given.until_version
FROM unnest(CAST(:masters AS uuid[]), CAST(:records AS bigint[]), CAST(:versions AS int[]))
     AS given (master_id, record_id, until_version)
WHERE c.master_id = given.master_id AND c.record_id = given.record_id AND c.until_version IS NULL
