"""``mock.lifecycle``: run lifecycle policies, move their runs on, and preview them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from imagebuilder_mock.domain.errors import ImageBuilderError
from imagebuilder_mock.domain.lifecycle.rules import Selection
from imagebuilder_mock.domain.resources.lifecycle import LifecyclePolicy
from imagebuilder_mock.domain.suggestions import listed
from imagebuilder_mock.engines.lifecycle import executions, policies
from imagebuilder_mock.engines.lifecycle.trials import Draft, trials
from imagebuilder_mock.operations.rules.lifecycle import check_policy
from imagebuilder_mock.protocol.model import operation
from imagebuilder_mock.protocol.requests import check
from imagebuilder_mock.world.clock import aware
from imagebuilder_mock.world.published import published

from .arguments import Face, counted, every, store_at
from .previewing import preview_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.resources.lifecycle import LifecycleExecution

    from .pages.preview import Preview

_MOST_RUNS = 10_000
# What CreateLifecyclePolicy needs, and a preview does not.
_DEFAULTS = {
    "name": "preview",
    "executionRole": "preview",
    "clientToken": "preview",
    "resourceType": "AMI_IMAGE",
    "resourceSelection": {"tagMap": {"preview": ""}},
}
# What a policy has in answers alone; its tags can be empty only there.
_ANSWERED = frozenset(("arn", "dateCreated", "dateLastRun", "dateUpdated", "tags"))

_ANY = "arn:aws:imagebuilder:us-east-1:123456789012:lifecycle-policy/tidy"
_ANY_RUN = "lce-00000000-0000-0000-0000-000000000000"


class PolicyRefusedError(ValueError):
    """The service would refuse the policy that is to be previewed."""


class Lifecycle(Face):
    """``mock.lifecycle``: a run of a policy is an execution, and has an id.

    LookupError for an unknown policy or execution lists those that exist.
    """

    __slots__ = ()

    def _holds(self) -> str:
        policies = counted(len(list(every(LifecyclePolicy, self._world))), "policy", "policies")
        return f"{policies}, {counted(len(self.running), 'run')} under way"

    @property
    @published()
    def running(self) -> list[str]:
        """The ids of the executions that have not ended, in the order in which they started."""
        with self._world.lock:
            return list(self._world.state.lifecycle_executions.unfinished)

    @published(policy_arn=_ANY)
    def run(self, policy_arn: str) -> str:
        """Run a policy now, to the end, and return the id of the execution.

        If an execution of the policy has not ended, that one goes on instead of a new one.
        ValueError if the policy is disabled.
        """
        with self._world.lock:
            execution = self._run(policy_arn)
            executions.complete(self._world, execution)
            return execution.lifecycle_execution_id

    @published(policy_arn=_ANY)
    def start(self, policy_arn: str) -> str:
        """Start a run now, as the daily run starts, and return the id of the execution."""
        with self._world.lock:
            return self._run(policy_arn).lifecycle_execution_id

    @published(execution_id=_ANY_RUN)
    def advance(self, execution_id: str) -> str:
        """Have an execution act on its next images (a fifth of all, at least one).

        Returns the new status. A paused execution goes on, and a scheduled update starts.
        """
        with self._world.lock:
            execution = self._execution(execution_id)
            executions.resume(self._world, execution)
            execution.update_at = None
            executions.advance(self._world, execution)
            return execution.state.status

    @published(execution_id=_ANY_RUN)
    def complete(self, execution_id: str) -> None:
        """Move an execution to its end."""
        with self._world.lock:
            executions.complete(self._world, self._execution(execution_id))

    @published(execution_id=_ANY_RUN)
    def pause(self, execution_id: str) -> None:
        """Make an execution PENDING until the policy's next daily run.

        ValueError if it is being cancelled, or if it is not the run of a policy.
        """
        with self._world.lock:
            execution = self._execution(execution_id)
            if execution.lifecycle_policy_arn is None or execution.state.status == "CANCELLING":
                msg = f"{execution_id} cannot be paused: it is cancelled, or no run of a policy."
                raise ValueError(msg)
            executions.pause(self._world, execution)

    @published(policy_arn=_ANY)
    def next_run(self, policy_arn: str) -> datetime | None:
        """When the policy runs next; None if it is disabled.

        A time in the past is that of a run which is due, and takes place when the clock is moved.
        """
        with self._world.lock:
            ticket = self._policy(policy_arn).run_ticket
            return self._world.state.scheduler.moment_of(ticket)

    @published(policy=_ANY, at="2030-01-31T12:00:00+00:00", runs="settled")
    def preview(
        self,
        policy: str | Mapping[str, object] | Sequence[Mapping[str, object]],
        *,
        at: datetime | None = None,
        runs: int | Literal["settled"] = 1,
        region: str | None = None,
        account_id: str | None = None,
    ) -> Preview:
        """What runs of a policy would do to the images, from now or ``at`` a time; nothing changes.

        ``policy`` is an ARN, or a policy as CreateLifecyclePolicy takes it: ``policyDetails``,
        ``resourceSelection`` (by default every image) and ``resourceType`` (by default AMI_IMAGE).
        A list is the ``policyDetails`` alone. ``region`` and ``account_id`` say whose images are
        meant, unless an ARN does.

        ``runs`` is how many daily runs there are, the first of them now or ``at`` the time, with
        no new builds between them. With ``"settled"`` they are all at that moment, until one
        changes nothing. Runs that are under way, and other policies, are not considered.

        The table has a row for each image, from the newest to the oldest: its ``image`` ARN,
        ``state`` and ``created``; its ``fate``, which is DEPRECATE, DISABLE, DELETE, SKIP (an
        exclusion of the rule applies) or KEEP; the ``rule`` and the ``reason`` for it; the
        ``resources`` concerned, each with a ``fate`` and ``reason`` of its own; and the
        ``obstacle`` that would make the action fail, if there is one. ``run`` and ``at`` say in
        which run, from 1 on, and when; they are None of an image that is kept in all runs. An image
        has a row for each run in which its fate is another one. ``summary`` is the sum of all:
        ``12 deprecated, then 5 deleted, 3 kept``. ValueError, with the service's message, for a
        policy that it would refuse.
        """
        with self._world.lock:
            moment = self._world.clock.now() if at is None else aware(at, "at=")
            title, name = "A lifecycle policy", ""
            if isinstance(policy, str):
                found = self._policy(policy)
                title, name = policy, found.name
                selection = Selection.parse(found.resource_type, found.resource_selection)
                draft = Draft(self._world.home_of(found.arn), selection, found.policy_details)
            else:
                home = store_at(self._world, region=region, account_id=account_id)
                draft = Draft(home, *parse_policy(policy))
                if isinstance(policy, Mapping):
                    name = str(policy.get("name") or "")
            _check_runs(runs, moment)
            tried = list(trials(self._world, draft, at=moment, runs=runs))
            return preview_of(
                self._world, draft, tried, title=title, name=name, moment=moment, runs=runs
            )

    def _run(self, policy_arn: str) -> LifecycleExecution:
        policy = self._policy(policy_arn)
        if policy.status != "ENABLED":
            msg = (
                f"{policy_arn} is DISABLED, and such a policy does not run. Enable it with "
                "update_lifecycle_policy, or see with preview() what it would do."
            )
            raise ValueError(msg)
        return policies.run(self._world, policy)

    def _policy(self, arn: str) -> LifecyclePolicy:
        known = {policy.arn: policy for policy in every(LifecyclePolicy, self._world)}
        if arn not in known:
            msg = f"There is no lifecycle policy {arn!r}. There are: {listed(known)}."
            raise LookupError(msg)
        return known[arn]

    def _execution(self, execution_id: str) -> LifecycleExecution:
        known = self._world.state.lifecycle_executions
        execution = known.unfinished.get(execution_id)
        if execution is None:
            ended = known.get(execution_id)
            what = (
                f"There is no lifecycle execution {execution_id!r}."
                if ended is None
                else f"The execution {execution_id} has ended: it is {ended.state.status}."
            )
            msg = f"{what} Under way: {', '.join(known.unfinished) or 'none'}."
            raise LookupError(msg)
        return execution


def _check_runs(runs: int | str, first: datetime) -> None:
    if runs == "settled":
        return
    if type(runs) is not int or not 1 <= runs <= _MOST_RUNS:
        msg = f"runs={runs!r}: give a whole number from 1 to {_MOST_RUNS:,}, or 'settled'."
        raise ValueError(msg)
    if (datetime.max.replace(tzinfo=first.tzinfo) - first).days < runs:
        msg = f"runs={runs!r}: the calendar ends with the year 9999, and the runs do not."
        raise ValueError(msg)


def parse_policy(
    policy: Mapping[str, object] | Sequence[Mapping[str, object]],
) -> tuple[Selection, Sequence[wire.LifecyclePolicyDetailUnionTypeDef]]:
    """What a policy, or a list of its ``policyDetails``, selects, and its details.

    PolicyRefusedError, in the service's words, for what CreateLifecyclePolicy would refuse.
    """
    given = policy if isinstance(policy, Mapping) else {"policyDetails": policy}
    sent = {name: value for name, value in given.items() if name not in _ANSWERED}
    try:
        params = check(operation("CreateLifecyclePolicy"), {**_DEFAULTS, **sent})
        checked: wire.CreateLifecyclePolicyRequestTypeDef = params  # type: ignore[assignment] # as it was checked
        resource_type, details = checked["resourceType"], checked["policyDetails"]
        check_policy(resource_type, details, checked["resourceSelection"])
    except ImageBuilderError as error:
        raise PolicyRefusedError(error.message) from None
    wanted = checked["resourceSelection"] if "resourceSelection" in given else {}
    return Selection.parse(resource_type, wanted), details
