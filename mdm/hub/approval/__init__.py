"""Which values await their owners, and what the owners are asked."""

from mdm.hub.approval.guard import Guarded, Held, guard
from mdm.hub.approval.requests import APPROVAL, Asked, renew_requests

__all__ = ["APPROVAL", "Asked", "Guarded", "Held", "guard", "renew_requests"]
