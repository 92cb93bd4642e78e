-- Count the live source records of masters and, up to a thousand, the golden records that refer to them.
SELECT given.id AS master_id,
       (SELECT count(*) FROM crosswalk c WHERE c.master_id = given.id AND c.until_version IS NULL) + (
           SELECT count(*) FROM (
               SELECT FROM golden_reference r WHERE r.target_id = given.id AND upper_inf(r.known) LIMIT 1000
           ) AS referring
       ) AS records
FROM unnest(CAST(:ids AS uuid[])) AS given (id)
