"""People and services: who they are, the groups they belong to, their roles, and who stands in for whom."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from mdm.store.tables.columns import instant


class Principal(SQLModel, table=True):
    """A person or service; `claimed_…` is what the identity provider's newest token said of it."""

    __tablename__ = "principal"
    __table_args__ = (UniqueConstraint("issuer", "subject", name="principal_of_provider"),)

    id: UUID = Field(primary_key=True)
    name: str = Field(unique=True)
    kind: str
    display_name: str
    issuer: str | None = None
    subject: str | None = None
    claimed_roles: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    claimed_groups: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    claimed_at: datetime | None = instant(nullable=True)
    created_by: str
    created_at: datetime = instant()
    deactivated_by: str | None = None
    deactivated_at: datetime | None = instant(nullable=True)


class PrincipalGroup(SQLModel, table=True):
    """A group; a token whose groups contain `external_name` makes its holder a member for as long as it says so."""

    __tablename__ = "principal_group"

    id: UUID = Field(primary_key=True)
    name: str = Field(unique=True)
    display_name: str
    external_name: str | None = Field(default=None, unique=True)
    created_by: str
    created_at: datetime = instant()


class GroupMember(SQLModel, table=True):
    """A principal in a group."""

    __tablename__ = "group_member"
    __table_args__ = (Index("group_member_of_principal", "principal_id"),)

    group_id: UUID = Field(primary_key=True, foreign_key="principal_group.id", ondelete="CASCADE")
    principal_id: UUID = Field(primary_key=True, foreign_key="principal.id")
    added_by: str
    added_at: datetime = instant()


class RoleGrant(SQLModel, table=True):
    """A role of a principal or a group, with the domains and sites it counts for."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint("num_nonnulls(principal_id, group_id) = 1", name="role_grant_has_one_holder"),
        Index("role_grant_of_principal", "principal_id"),
        Index("role_grant_of_group", "group_id"),
    )

    id: UUID = Field(primary_key=True)
    principal_id: UUID | None = Field(default=None, foreign_key="principal.id")
    group_id: UUID | None = Field(default=None, foreign_key="principal_group.id", ondelete="CASCADE")
    role: str
    domains: list[str] = Field(sa_type=ARRAY(Text))
    sites: list[str] = Field(sa_type=ARRAY(Text))
    granted_by: str
    granted_at: datetime = instant()


class Delegation(SQLModel, table=True):
    """Roles that one principal lends to another for a time."""

    __tablename__ = "delegation"
    __table_args__ = (Index("delegation_from", "from_id"), Index("delegation_to", "to_id", "ends_at"))

    id: UUID = Field(primary_key=True)
    from_id: UUID = Field(foreign_key="principal.id")
    to_id: UUID = Field(foreign_key="principal.id")
    roles: list[str] = Field(sa_type=ARRAY(Text))
    begins_at: datetime = instant()
    ends_at: datetime = instant()
    reason: str
    created_by: str
    created_at: datetime = instant()
    ended_by: str | None = None
