"""Everything that can go wrong in the hub, with a stable code and HTTP status.

MdmError                        500
├── InvalidInput                422  malformed input
│   ├── DeclarationError        422  a domain, model or mapping file
│   ├── InvalidAttributes       422  attributes a domain does not accept
│   ├── UnreadableFile          422  a file that is not what its mapping says
│   ├── UnreadableRow           422  a row or message that cannot be parsed
│   ├── FutureSourceTime        422
│   └── InvalidCursor           422
├── NotFound                    404
│   ├── UnknownDomain
│   ├── UnknownSource
│   ├── UnknownMaster
│   ├── UnknownRecord
│   ├── UnknownPrincipal
│   ├── UnknownGroup
│   ├── UnknownBody                  of a large event
│   └── UnknownFile
├── BodyGone                    410  no longer kept: a newer event has replaced it
├── Conflict                    409
│   ├── MessageConflict              same message id, other bytes
│   ├── VersionConflict              same source version, other content
│   ├── AlreadyDecided
│   ├── OutdatedPreview              the operation would no longer do what was shown
│   ├── OutdatedVersion         412  another version than the one looked at
│   ├── OutdatedRequest              the change request, or draft of rules, asks something else by now
│   ├── NotApproved                  rules that their owners have not approved
│   ├── NotSimulated                 rules that were not tried on the data as it is judged now
│   ├── BreakingContract             rules by which events would say less than subscribers rely on
│   ├── Contradiction                a decision that others rule out
│   ├── NameTaken
│   ├── TooManyKeys                  of one principal for one purpose
│   ├── TaskTaken
│   └── AlreadyRunning
├── MethodNotAllowed            405
├── TooLarge                    413
├── UnsupportedMediaType        415
├── PreconditionRequired        428  the request does not say which version it decides about
├── Unauthenticated             401
├── Forbidden                   403
│   ├── OwnChange                    a change its own author may not approve
│   ├── Deactivated                  a principal who may no longer act
│   └── NotProvisioned               known to the identity provider alone
├── Moved                       503  the ground moved while deciding; try again
├── Unavailable                 503
├── BrokenChain                 500  the chain of the action log cannot be continued
├── RuleError                   500  a declared rule failed to run
└── RepeatedCrash               500  a record that crashed alone, three times
"""

from typing import Any


class MdmError(Exception):
    """The hub could not do what was asked."""

    code = "error"
    status = 500

    def __init__(self, message: str | None = None, *, hint: str | None = None, **details: Any) -> None:
        """Keep what was wrong, what to do next (`hint`) and JSON-able details such as path and file."""
        self.message = message or (type(self).__doc__ or "").strip()
        self.hint = hint
        self.details = details
        super().__init__(self.message)

    def __str__(self) -> str:
        return f"{self.message} {self.hint}" if self.hint else self.message


class InvalidInput(MdmError):
    """The input is malformed."""

    code = "invalid_input"
    status = 422


class DeclarationError(InvalidInput):
    """A declaration is not valid."""

    code = "invalid_declaration"


class InvalidAttributes(InvalidInput):
    """The domain does not accept these attributes."""

    code = "invalid_attributes"


class UnreadableFile(InvalidInput):
    """The file is not what its mapping says."""

    code = "unreadable_file"


class UnreadableRow(InvalidInput):
    """The row cannot be parsed."""

    code = "unreadable_row"


class FutureSourceTime(InvalidInput):
    """The source time lies more than five minutes ahead of the hub's clock."""

    code = "future_source_time"


class InvalidCursor(InvalidInput):
    """The page cursor is not one this hub has issued."""

    code = "invalid_cursor"


class NotFound(MdmError):
    """There is no such thing here."""

    code = "not_found"
    status = 404


class UnknownDomain(NotFound):
    """No such domain is declared."""

    code = "unknown_domain"


class UnknownSource(NotFound):
    """No such source system is registered."""

    code = "unknown_source"


class UnknownMaster(NotFound):
    """No master has this id."""

    code = "unknown_master"


class UnknownPrincipal(NotFound):
    """There is no such person or service."""

    code = "unknown_principal"


class UnknownGroup(NotFound):
    """There is no such group."""

    code = "unknown_group"


class UnknownRecord(NotFound):
    """No source has sent such a record."""

    code = "unknown_record"


class UnknownBody(NotFound):
    """No event refers to such a body."""

    code = "unknown_body"


class UnknownFile(NotFound):
    """No feed of this source reads the file."""

    code = "unknown_file"


class BodyGone(MdmError):
    """The body is no longer kept."""

    code = "body_gone"
    status = 410


class Conflict(MdmError):
    """The request contradicts what the hub already knows."""

    code = "conflict"
    status = 409


class MessageConflict(Conflict):
    """This message id was already accepted with other bytes."""

    code = "message_conflict"


class VersionConflict(Conflict):
    """This source version was already accepted with other content."""

    code = "version_conflict"


class AlreadyDecided(Conflict):
    """Somebody has already decided this."""

    code = "already_decided"


class NameTaken(Conflict):
    """Another one has this name or identity."""

    code = "name_taken"


class TooManyKeys(Conflict):
    """A principal has at most two live keys for one purpose."""

    code = "too_many_keys"


class OutdatedPreview(Conflict):
    """The operation would no longer do what the preview has shown."""

    code = "outdated_preview"


class OutdatedVersion(Conflict):
    """The master is at another version than the one looked at."""

    code = "outdated_version"
    status = 412


class OutdatedRequest(Conflict):
    """The change request asks something else than what was looked at."""

    code = "outdated_request"


class NotApproved(Conflict):
    """The rules have not been approved by all whose rules they change."""

    code = "not_approved"


class NotSimulated(Conflict):
    """The rules have not been tried on live data since others were switched on."""

    code = "not_simulated"


class BreakingContract(Conflict):
    """The rules break the contract with subscribers."""

    code = "breaking_contract"


class Contradiction(Conflict):
    """The decision contradicts how things stand."""

    code = "contradiction"


class TaskTaken(Conflict):
    """Somebody else has this task in hand."""

    code = "task_taken"


class AlreadyRunning(Conflict):
    """A hub is already running on this folder."""

    code = "already_running"


class MethodNotAllowed(MdmError):
    """This resource does not support the method."""

    code = "method_not_allowed"
    status = 405


class TooLarge(MdmError):
    """The request is larger than the hub accepts."""

    code = "too_large"
    status = 413


class UnsupportedMediaType(MdmError):
    """The hub does not read bodies of this kind here."""

    code = "unsupported_media_type"
    status = 415


class PreconditionRequired(MdmError):
    """The request does not say which version it decides about."""

    code = "precondition_required"
    status = 428


class Unauthenticated(MdmError):
    """An API key is needed."""

    code = "unauthenticated"
    status = 401


class Forbidden(MdmError):
    """This API key may not do that."""

    code = "forbidden"
    status = 403


class Deactivated(Forbidden):
    """This person or service is deactivated."""

    code = "deactivated"


class NotProvisioned(Forbidden):
    """The identity provider knows this person, the hub does not."""

    code = "not_provisioned"


class OwnChange(Forbidden):
    """Nobody approves a change of their own."""

    code = "own_change"


class Moved(MdmError):
    """The records moved while the hub was deciding; it will try again."""

    code = "moved"
    status = 503


class Unavailable(MdmError):
    """A part of the hub is not ready."""

    code = "unavailable"
    status = 503


class BrokenChain(MdmError):
    """The chain of the action log cannot be continued."""

    code = "broken_chain"


class RuleError(MdmError):
    """A declared rule failed to run."""

    code = "rule_error"


class RepeatedCrash(MdmError):
    """Processing this record failed again and again."""

    code = "repeated_crash"
