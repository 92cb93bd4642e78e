-- Take moves that no transaction of the hub can be unaware of any more: all that ran when they were seen have ended.
DELETE FROM reference_move
WHERE id IN (
    SELECT id
    FROM reference_move
    WHERE seen_at < coalesce((
        SELECT min(xact_start)
        FROM pg_stat_activity
        WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
    ), 'infinity')
    ORDER BY id
    LIMIT :size
    FOR UPDATE SKIP LOCKED
)
RETURNING domain, records, masters, origins
