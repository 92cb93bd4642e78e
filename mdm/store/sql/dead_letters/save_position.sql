-- Note how far the stream of advisories has been read: never back, unless by another consumer.
INSERT INTO dead_letter_position AS known (stream, consumer, sequence)
VALUES (:stream, :consumer, :sequence)
ON CONFLICT (stream) DO UPDATE
SET sequence = CASE
        WHEN known.consumer = excluded.consumer THEN greatest(known.sequence, excluded.sequence)
        ELSE excluded.sequence
    END,
    consumer = excluded.consumer
