-- Read the id of every :size-th living master of a domain: where the next chunk of them begins.
SELECT id
FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM master WHERE domain = :domain AND status <> 'merged') AS m
WHERE place % :size = 1 OR :size = 1
ORDER BY id
