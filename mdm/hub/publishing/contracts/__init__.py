"""What the hub publishes and takes, told to machines: schemas of the rules in force, and an AsyncAPI document."""

from mdm.hub.publishing.contracts.channels import REPLAYS, asyncapi
from mdm.hub.publishing.contracts.deliveries import DELIVERIES
from mdm.hub.publishing.contracts.schemas import domain_schema, find_schema, schema_names
from publishers.contracts import Form

__all__ = ["DELIVERIES", "REPLAYS", "Form", "asyncapi", "domain_schema", "find_schema", "schema_names"]
