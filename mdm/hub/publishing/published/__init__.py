"""What of a master was published, and which subscribers have it: by what the servers say, never guessed."""

from mdm.hub.publishing.published.receipts import ACKNOWLEDGED, GIVEN_UP, NOTHING, UNKNOWN, UNSETTLED, WAITING, Receipt
from mdm.hub.publishing.published.show import Announced, Published, show
from publishers.jetstream import Reader, Readers

__all__ = [
    "ACKNOWLEDGED",
    "GIVEN_UP",
    "NOTHING",
    "UNKNOWN",
    "UNSETTLED",
    "WAITING",
    "Announced",
    "Published",
    "Reader",
    "Readers",
    "Receipt",
    "show",
]
