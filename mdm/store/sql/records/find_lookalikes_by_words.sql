-- Find the records of masters whose search text contains every word; of the first :looked the most alike.
WITH containing AS MATERIALIZED (
    SELECT id, search_text
    FROM master
    WHERE domain = :domain AND status <> 'merged' AND search_text LIKE :longest
      AND search_text LIKE ALL (CAST(:patterns AS text[]))
    LIMIT :looked
), named AS MATERIALIZED (
    SELECT id, strict_word_similarity(:text, search_text) AS likeness
    FROM containing
    ORDER BY likeness DESC, id
    LIMIT :most
)
SELECT r.id, r.source, r.source_key, r.comparable, c.master_id
FROM named n
JOIN crosswalk c ON c.master_id = n.id AND c.until_version IS NULL
JOIN source_record r ON r.id = c.record_id
ORDER BY n.likeness DESC, n.id
