"""`/v1/tasks`: the stewards' inbox, one task and its explanation, and answers to many tasks at once."""

from mdm.entrypoints.api.resources.tasks.answers import Answers
from mdm.entrypoints.api.resources.tasks.hand import TasksInHand
from mdm.entrypoints.api.resources.tasks.inbox import Tasks
from mdm.entrypoints.api.resources.tasks.pairs import Pairs

__all__ = ["Answers", "Pairs", "Tasks", "TasksInHand"]
