"""Queries on people and services, their groups, roles, delegations and keys."""
