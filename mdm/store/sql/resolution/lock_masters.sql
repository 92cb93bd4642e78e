-- Lock masters in the order of their ids; references to them by others are not blocked.
SELECT id, revision FROM master WHERE id = ANY (CAST(:ids AS uuid[])) ORDER BY id FOR NO KEY UPDATE
