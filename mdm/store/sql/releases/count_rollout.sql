-- Add to what a release has done so far, in the row of this connection, and return what all rows add up to.
WITH added AS (
    INSERT INTO release_rollout AS c (domain, number, slot, masters, changed, critical, merged, split, held)
    VALUES (:domain, :number, pg_backend_pid() % 16, :masters, :changed, :critical, :merged, :split, :held)
    ON CONFLICT (domain, number, slot) DO UPDATE
    SET masters = c.masters + excluded.masters,
        changed = c.changed + excluded.changed,
        critical = c.critical + excluded.critical,
        merged = c.merged + excluded.merged,
        split = c.split + excluded.split,
        held = c.held + excluded.held
    RETURNING slot, masters, changed, critical, merged, split, held
),
every AS (
    SELECT masters, changed, critical, merged, split, held FROM added
    UNION ALL
    SELECT masters, changed, critical, merged, split, held
    FROM release_rollout r
    WHERE r.domain = :domain AND r.number = :number AND r.slot <> (SELECT slot FROM added)
)
SELECT CAST(sum(masters) AS bigint) AS masters, CAST(sum(changed) AS bigint) AS changed,
       CAST(sum(critical) AS bigint) AS critical, CAST(sum(merged) AS bigint) AS merged,
       CAST(sum(split) AS bigint) AS split, CAST(sum(held) AS bigint) AS held
FROM every
