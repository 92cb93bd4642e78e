-- Read every version of masters, in order, with what it says about approval.
SELECT master_id, version, evaluated_at, status, release, approval
FROM golden_version
WHERE master_id = ANY (CAST(:ids AS uuid[]))
ORDER BY master_id, version
