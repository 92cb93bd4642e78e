"""Which values await their owners, and what the owners are asked."""

from mdm.hub.approval.guard import Guarded, Held, guard
from mdm.hub.approval.requests import Asked, ask_again, ask_owners, close_approvals, renew_requests

__all__ = ["Asked", "Guarded", "Held", "ask_again", "ask_owners", "close_approvals", "guard", "renew_requests"]
