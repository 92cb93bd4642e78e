-- Remember what moved, for those who looked up where it was at the same time.
INSERT INTO reference_move (domain, records, masters, moved_at, origins)
VALUES (:domain, CAST(:records AS bigint[]), CAST(:masters AS uuid[]), :now, CAST(:origins AS jsonb))
