-- Count by domain the records that are still to be done again for a release.
SELECT r.domain, count(*) AS waiting
FROM redo d
JOIN source_record r ON r.id = d.record_id
WHERE 'release' = ANY (d.reasons) AND (CAST(:domain AS text) IS NULL OR r.domain = :domain)
GROUP BY r.domain
