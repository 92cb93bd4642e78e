-- Read since when the first of the records is due for each reason there is among the oldest of them.
SELECT reason, min(due_at) AS due_at
FROM (SELECT reasons, due_at FROM redo WHERE due_at <= :now ORDER BY due_at LIMIT :size) AS oldest,
     unnest(oldest.reasons) AS each (reason)
GROUP BY reason
