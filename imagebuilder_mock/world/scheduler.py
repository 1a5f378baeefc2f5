"""What falls due when: plain entries in the order of their moments, no threads, no sleeping.

An entry says what is to be done with which resource; the engines know how
(``engines/passing_time.py``). Entries are data, so a world can be copied with what is ahead of it.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Literal

from imagebuilder_mock.domain.records import Value

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


ScheduledAction = Literal[
    "end-stage", "end-step", "move-lifecycle-execution", "run-lifecycle-policy", "run-pipeline"
]


class Due(Value):
    """One thing to do; entries of one moment keep the order in which they were entered."""

    moment: datetime
    ticket: int
    action: ScheduledAction
    arn: str

    def __lt__(self, other: Due) -> bool:
        return (self.moment, self.ticket) < (other.moment, other.ticket)


class Scheduler:
    """The entries that lie ahead. One that was withdrawn never falls due."""

    __slots__ = ("_heap", "_tickets", "_withdrawn")

    def __init__(self) -> None:
        self._heap: list[Due] = []
        self._tickets = 0
        self._withdrawn: set[int] = set()

    @property
    def last_ticket(self) -> int:
        return self._tickets

    def entries(self) -> list[Due]:
        """What lies ahead, in the order in which it falls due."""
        return sorted(due for due in self._heap if due.ticket not in self._withdrawn)

    def resume(self, entries: Iterable[Due], *, last_ticket: int) -> None:
        """Take over the entries of another scheduler, and continue its tickets."""
        self._heap = sorted(entries)
        self._tickets = max([last_ticket, *(due.ticket for due in self._heap)])

    def enter(self, moment: datetime, action: ScheduledAction, arn: str) -> int:
        """Plan ``action`` on the resource; return the ticket to withdraw it with."""
        self._tickets += 1
        due = Due(moment=moment, ticket=self._tickets, action=action, arn=arn)
        heappush(self._heap, due)
        return self._tickets

    def moment_of(self, ticket: int | None) -> datetime | None:
        """When the entry falls due; None if it lies no longer ahead."""
        moments = (due.moment for due in self._heap if due.ticket == ticket)
        return None if ticket in self._withdrawn else next(moments, None)

    def withdraw(self, ticket: int | None) -> None:
        """Take back an entry that has not fallen due, if there is one."""
        if ticket is None:
            return
        self._withdrawn.add(ticket)
        if len(self._withdrawn) > len(self._heap) // 2:
            self._heap = [due for due in self._heap if due.ticket not in self._withdrawn]
            self._withdrawn.clear()
            heapify(self._heap)

    def due_by(self, moment: datetime) -> list[Due]:
        """What falls due at ``moment`` or before if nothing changes until then, in no order."""
        return [
            due for due in self._heap if due.moment <= moment and due.ticket not in self._withdrawn
        ]

    def next_due(self, until: datetime) -> Due | None:
        """The earliest entry that falls due at ``until`` or before; it stays until ``take``."""
        while self._heap and self._heap[0].ticket in self._withdrawn:
            self._withdrawn.discard(heappop(self._heap).ticket)
        return self._heap[0] if self._heap and self._heap[0].moment <= until else None

    def take(self) -> None:
        """Remove the entry that ``next_due`` returned."""
        heappop(self._heap)
