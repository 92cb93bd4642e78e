"""Everything that can go wrong between an outbox and its subscribers, with a stable code.

PublishError
├── InvalidEvent                 an event that could never be published
│   └── EventTooLarge
├── InvalidAdvisory              a server's word on a message that cannot be read
├── BrokerError
│   ├── Unavailable              nothing was sent; try again
│   ├── UnknownOutcome           perhaps stored; send the same event again
│   ├── SequenceConflict         the fence refused; look at what is there
│   └── Refused                  the broker says no to this event
│       └── SubjectPurged
├── StreamError                  stream and database contradict each other; the relay stops
│   ├── StreamAhead              the stream knows more than the database
│   └── StreamLost               the stream knows less than the heads say
├── LeaseLost                    another relay has taken over
├── StoreFailed                  a subscriber's store cannot begin or commit
├── BodyGone                     a newer version has replaced the body an event refers to
├── BodyDamaged                  a body is not the one its event was published with
└── NotReady                     a server is too old, missing or set up otherwise
"""


class PublishError(Exception):
    """Publishing failed."""

    code = "publish_error"

    def __init__(self, message: str | None = None, *, hint: str | None = None) -> None:
        """Keep what was wrong and where (`message`), and what to do next (`hint`)."""
        self.message = message or (type(self).__doc__ or "").strip()
        self.hint = hint
        super().__init__(self.message)

    def __str__(self) -> str:
        return f"{self.message} {self.hint}" if self.hint else self.message


class InvalidEvent(PublishError, ValueError):
    """The event could never be published."""

    code = "invalid_event"


class EventTooLarge(InvalidEvent):
    """The event is larger than a broker accepts."""

    code = "event_too_large"


class InvalidAdvisory(PublishError, ValueError):
    """What the server says of a message cannot be read."""

    code = "invalid_advisory"


class BrokerError(PublishError):
    """The broker did not store the event as asked."""

    code = "broker_error"


class Unavailable(BrokerError):
    """The broker cannot be reached; nothing was sent."""

    code = "broker_unavailable"


class UnknownOutcome(BrokerError):
    """The broker did not say whether it stored the event; send the same event again."""

    code = "unknown_outcome"


class SequenceConflict(BrokerError):
    """The last message of the subject is not the one expected."""

    code = "sequence_conflict"


class Refused(BrokerError):
    """The broker refuses this event."""

    code = "refused"


class SubjectPurged(Refused):
    """The messages of this subject were removed from the stream."""

    code = "subject_purged"


class StreamError(PublishError):
    """The stream and the database contradict each other."""

    code = "stream_error"


class StreamAhead(StreamError):
    """The stream knows more than the database, as after restoring a backup."""

    code = "stream_ahead"


class StreamLost(StreamError):
    """The stream lacks events that were stored in it."""

    code = "stream_lost"


class LeaseLost(PublishError):
    """Another relay has taken over."""

    code = "lease_lost"


class StoreFailed(PublishError):
    """The subscriber's store cannot begin or commit."""

    code = "store_failed"


class BodyGone(PublishError):
    """The body that an event refers to is no longer there."""

    code = "body_gone"


class BodyDamaged(PublishError):
    """The body that an event refers to is not the one it was published with."""

    code = "body_damaged"


class NotReady(PublishError):
    """A server is not ready for publishing."""

    code = "not_ready"
