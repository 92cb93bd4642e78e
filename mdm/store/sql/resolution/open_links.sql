-- Link records to masters from a version on.
INSERT INTO crosswalk (master_id, record_id, link_no, reason, from_version)
SELECT * FROM unnest(CAST(:masters AS uuid[]), CAST(:records AS bigint[]), CAST(:numbers AS int[]),
                     CAST(:reasons AS text[]), CAST(:versions AS int[]))
