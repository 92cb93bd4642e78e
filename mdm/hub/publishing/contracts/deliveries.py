"""What sources send by message, and what they are answered, for the AsyncAPI document."""

from publishers.contracts import Schema

DELIVERIES = "mdm.deliveries.v1"
TEXT: Schema = {"type": "string"}

HEADERS: Schema = {
    "type": "object",
    "description": "All of them may be left out.",
    "properties": {
        "Mdm-Message-Id": {**TEXT, "description": "the id under which the source may send the same bytes again"},
        "Mdm-Feed": {**TEXT, "description": "the mapping that reads the bytes, if they are not in the hub's own shape"},
        "Mdm-Ack-To": {
            **TEXT,
            "description": "where the answer goes, below `mdm.acks.v1.<source>.`; without it there is none",
        },
        "X-Correlation-Id": {**TEXT, "description": "an id to be handed on to all that follows"},
        "traceparent": {**TEXT, "description": "W3C trace context"},
    },
}
ANSWER: Schema = {
    "type": "object",
    "description": "What became of a message, in the words of the HTTP API.",
    "required": ["message_id", "delivery", "problem"],
    "properties": {
        "message_id": TEXT,
        "delivery": {"type": ["integer", "null"], "description": "the number of the delivery, if it was accepted"},
        "source": TEXT,
        "correlation_id": TEXT,
        "state": {**TEXT, "description": "what became of it so far"},
        "received_at": {**TEXT, "format": "date-time"},
        "links": {"type": "object", "properties": {"self": TEXT}},
        "problem": {
            "type": ["object", "null"],
            "description": "what was wrong, where, and what to do next (RFC 9457)",
            "required": ["type", "title", "status", "detail"],
            "properties": {
                "type": TEXT,
                "title": TEXT,
                "status": {"type": "integer"},
                "detail": TEXT,
                "hint": {"type": ["string", "null"]},
            },
        },
    },
}
