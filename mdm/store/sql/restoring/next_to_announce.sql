-- Take some of the masters that must be announced anew, in the order of their ids; references to them are not blocked.
SELECT m.id, m.domain, m.created_at, r.lost_until
FROM restoration r
JOIN master m ON m.id = r.master_id
WHERE r.announced_at IS NULL
ORDER BY m.id
LIMIT :size
FOR NO KEY UPDATE OF m, r
