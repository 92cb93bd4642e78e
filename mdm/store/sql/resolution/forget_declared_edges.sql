-- Forget the edges that sources declared between a record and others.
DELETE FROM edge WHERE cardinality(levels) = 0 AND (left_id = :id OR right_id = :id)
