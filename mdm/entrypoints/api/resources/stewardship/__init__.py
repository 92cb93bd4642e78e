"""What stewards and owners do with masters: who is who, values, creation, approval, and why values won."""

from mdm.entrypoints.api.resources.stewardship.change_requests import ChangeRequests
from mdm.entrypoints.api.resources.stewardship.identities import Identities
from mdm.entrypoints.api.resources.stewardship.values import Values
from mdm.entrypoints.api.resources.stewardship.verdicts import Verdicts

__all__ = ["ChangeRequests", "Identities", "Values", "Verdicts"]
