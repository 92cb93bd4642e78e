-- I5: the versions of a master are 1..n in order of time, and its slices belong to them without overlap.
WITH counted AS (
    SELECT master_id, count(*) AS n, min(version) AS low, max(version) AS high
    FROM golden_version GROUP BY master_id
), timed AS (
    SELECT master_id, version, recorded_at <= lag(recorded_at) OVER (PARTITION BY master_id ORDER BY version) AS back
    FROM golden_version
)
SELECT 'master ' || m.id || ' is at version ' || m.version || ', its versions are ' || coalesce(c.low, 0) || '..'
       || coalesce(c.high, 0) || ' (' || coalesce(c.n, 0) || ')' AS finding
FROM master m
LEFT JOIN counted c ON c.master_id = m.id
WHERE (c.low, c.high, c.n) IS DISTINCT FROM (1, m.version, CAST(m.version AS bigint))
UNION ALL
SELECT 'master ' || master_id || ' version ' || version || ' is recorded before the one it follows'
FROM timed WHERE back
UNION ALL
SELECT 'slice ' || s.id || ' of master ' || s.master_id || ' spans versions its master does not have'
FROM golden_slice s JOIN master m ON m.id = s.master_id
WHERE s.from_version > m.version OR s.until_version > m.version OR s.until_version <= s.from_version
UNION ALL
SELECT 'slices ' || a.id || ' and ' || b.id || ' of master ' || a.master_id || ' overlap'
FROM golden_slice a
JOIN golden_slice b ON b.master_id = a.master_id AND b.id > a.id AND a.valid && b.valid
     AND int4range(a.from_version, a.until_version) && int4range(b.from_version, b.until_version)
