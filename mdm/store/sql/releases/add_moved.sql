-- Note also the records that were written or linked since the affected ones were looked for, by the rules before, and one
-- of each master on which a value was pinned.
INSERT INTO affected (id, depth, announced)
SELECT r.id, CAST(:depth AS integer), CAST(:announced AS boolean)
FROM source_record r
WHERE r.domain = :domain AND age(r.xmin) <= age(CAST(CAST(:horizon AS text) AS xid))
UNION ALL
SELECT c.record_id, 0, CAST(:announced AS boolean)
FROM crosswalk moved
JOIN crosswalk c ON c.master_id = moved.master_id AND c.until_version IS NULL
JOIN source_record r ON r.id = c.record_id AND r.domain = :domain
WHERE age(moved.xmin) <= age(CAST(CAST(:horizon AS text) AS xid))
UNION ALL
SELECT min(c.record_id), 0, CAST(:announced AS boolean)
FROM override o
JOIN master m ON m.id = o.master_id AND m.domain = :domain
JOIN crosswalk c ON c.master_id = m.id AND c.until_version IS NULL
WHERE age(o.xmin) <= age(CAST(CAST(:horizon AS text) AS xid))
GROUP BY m.id
