-- Find the records of masters whose search text contains something spelt almost like this, the most alike first.
WITH spelt AS MATERIALIZED (  -- by the index on search_text, whatever else is asked
    SELECT id, domain, status, word_similarity(:text, search_text) AS likeness
    FROM master
    WHERE CAST(:text AS text) <% search_text
), named AS MATERIALIZED (
    SELECT id, likeness
    FROM spelt
    WHERE domain = :domain AND status <> 'merged'
    ORDER BY likeness DESC, id
    LIMIT :most
)
SELECT r.id, r.source, r.source_key, r.comparable, c.master_id
FROM named n
JOIN crosswalk c ON c.master_id = n.id AND c.until_version IS NULL
JOIN source_record r ON r.id = c.record_id
ORDER BY n.likeness DESC, n.id
