-- Read every id merged into a master, directly or through others.
WITH RECURSIVE merged (id) AS (
    SELECT id FROM master WHERE merged_into = :id
    UNION
    SELECT m.id FROM merged JOIN master m ON m.merged_into = merged.id
)
SELECT id FROM merged ORDER BY id
