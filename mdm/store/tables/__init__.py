"""The rows of the hub's tables: data, no behaviour."""

from sqlmodel import SQLModel

from mdm.store.tables.access import ApiKey
from mdm.store.tables.action_log import Action, Seal
from mdm.store.tables.dead_letters import DeadLetter, DeadLetterPosition
from mdm.store.tables.deliveries import (
    Delivery,
    DeliveryQueue,
    Load,
    LoadPause,
    Quarantine,
    SourceHold,
    SourceWindow,
)
from mdm.store.tables.golden import GoldenSlice, GoldenVersion
from mdm.store.tables.people import Delegation, GroupMember, Principal, PrincipalGroup, RoleGrant
from mdm.store.tables.propagation import Propagation, PropagationCount, PropagationMark
from mdm.store.tables.quality import Finding, QualityException, UniqueValue
from mdm.store.tables.records import Fact, HotKey, MatchKey, SourceRecord
from mdm.store.tables.references import GoldenReference, RecordReference, Redo, ReferenceMove
from mdm.store.tables.releases import Release, ReleaseApproval, ReleaseRollout
from mdm.store.tables.replays import Replay, ReplayMaster
from mdm.store.tables.resolution import Crosswalk, Edge, Master, RecordConstraint
from mdm.store.tables.restoration import Restoration, WithdrawnLink
from mdm.store.tables.simulation import Simulation
from mdm.store.tables.stewardship import ChangeDecision, ChangeRequest, Hold, Override
from mdm.store.tables.tasks import Task

METADATA = SQLModel.metadata

__all__ = [
    "METADATA",
    "Action",
    "ApiKey",
    "ChangeDecision",
    "ChangeRequest",
    "Crosswalk",
    "DeadLetter",
    "DeadLetterPosition",
    "Delegation",
    "Delivery",
    "DeliveryQueue",
    "Edge",
    "Fact",
    "Finding",
    "GoldenReference",
    "GoldenSlice",
    "GoldenVersion",
    "GroupMember",
    "Hold",
    "HotKey",
    "Load",
    "LoadPause",
    "Master",
    "MatchKey",
    "Override",
    "Principal",
    "PrincipalGroup",
    "Propagation",
    "PropagationCount",
    "PropagationMark",
    "QualityException",
    "Quarantine",
    "RecordConstraint",
    "RecordReference",
    "Redo",
    "ReferenceMove",
    "Release",
    "ReleaseApproval",
    "ReleaseRollout",
    "Replay",
    "ReplayMaster",
    "Restoration",
    "RoleGrant",
    "Seal",
    "Simulation",
    "SourceHold",
    "SourceRecord",
    "SourceWindow",
    "Task",
    "UniqueValue",
    "WithdrawnLink",
]
