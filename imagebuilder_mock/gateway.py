"""The straight line from a request to its answer; nothing below it calls back up.

Parse, check the form, meet the fault rules, find the caller's store, recall the client token, do
the operation, show what the output shape shows, record. A transport holds a gateway; the gateway
holds the world.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from .domain.errors import ImageBuilderError
from .engines.builds import stages
from .operations import HANDLERS, Context
from .protocol.http import Answer
from .protocol.model import status_of
from .protocol.requests import check, parse
from .world import log
from .world.faults import NO_FAULT, CutAnswer, LostRequestError
from .world.record import UnexpectedCallError

if TYPE_CHECKING:
    from .protocol.http import Caller, HttpRequest
    from .protocol.model import Operation
    from .world.faults import Fault
    from .world.settings import UnknownMembers
    from .world.world import World


_NO_TIME = timedelta()


class Gateway:
    """Answers requests from one world."""

    def __init__(self, world: World, *, unknown_members: UnknownMembers | None = None) -> None:
        self.world = world
        unknown_members = unknown_members or world.settings.unknown_members
        self._ignore_unknown = unknown_members == "ignore"

    def handle(self, request: HttpRequest, caller: Caller) -> Answer:
        """The service's answer, which may be an error.

        NotImplementedError for an operation that this package does not have yet; LostRequestError
        if a fault rule loses the request; UnexpectedCallError for an operation that the test does
        not expect.
        """
        with self.world.lock:
            try:
                operation, params = parse(request, ignore_unknown=self._ignore_unknown)
            except ImageBuilderError as error:
                return self.refuse(error)
            fault = NO_FAULT
            try:
                self.world.record.check_expected(operation.name)
                self._refuse_unbuilt(operation)
                params = check(operation, params)
                self._catch_up()
                fault = self.world.faults.meet(operation.name, params, caller.region)
                self.let_pass(fault.latency)
                if fault.outcome is not None and not isinstance(fault.outcome, CutAnswer):
                    raise fault.outcome.anew()
                members = self._result(operation, params, caller)
            except (LostRequestError, UnexpectedCallError) as error:
                self._record(operation, params, caller, error)
                if log.is_told():
                    log.tell_refusal(error, error.code, error.message)
                raise
            except ImageBuilderError as error:
                self._record(operation, params, caller, error)
                return self.refuse(error, fault)
            request_id = self.world.ids.uuid()
            if operation.has_request_id:
                members["requestId"] = request_id
            self._record(operation, params, caller, members)
            return Answer(
                status=200,
                members=members,
                request_id=request_id,
                latency=fault.latency,
                is_cut=fault.cuts_the_answer,
            )

    def let_pass(self, span: timedelta) -> None:
        """Move mock time forward, since a caller waits; what falls due meanwhile is not started."""
        if span > _NO_TIME:
            with self.world.lock:
                self.world.clock.set_forward(self.world.clock.now() + span)

    def refuse(self, error: ImageBuilderError, fault: Fault = NO_FAULT) -> Answer:
        """An error as an answer; transports use it for requests that they refuse themselves."""
        with self.world.lock:
            request_id = self.world.ids.uuid()
        if log.is_told():
            log.tell_refusal(error, error.code, error.message)
        return Answer(
            error.status or status_of(error.code),
            {"message": error.message},
            request_id,
            error_code=error.code,
            latency=fault.latency,
            is_cut=fault.cuts_the_answer,
        )

    def _catch_up(self) -> None:
        if self.world.settings.builds == "clock":
            from .engines import passing_time

            passing_time.catch_up(self.world)

    def _refuse_unbuilt(self, operation: Operation) -> None:
        if operation.name not in HANDLERS:
            msg = (
                f"imagebuilder_mock does not have {operation.name} yet, which the installed "
                "botocore has."
            )
            raise NotImplementedError(msg)

    def _result(
        self, operation: Operation, params: dict[str, object], caller: Caller
    ) -> dict[str, object]:
        handler = HANDLERS[operation.name]
        ctx = Context(
            world=self.world,
            store=self.world.store(caller.account_id, caller.region),
            operation=operation.name,
            is_dry_run=params.get("dryRun") is True,
        )
        token = params.get("clientToken") if operation.has_client_token else None
        if isinstance(token, str):
            key = (caller.account_id, caller.region, operation.name, token)
            substance = {name: value for name, value in params.items() if name != "clientToken"}
            tokens = self.world.state.tokens
            result = tokens.once(key, substance, lambda: handler(ctx, params))
        else:
            result = handler(ctx, params)
        members = operation.project(result)
        if operation.echoes_client_token:
            members["clientToken"] = token
        stages.look_at(self.world, ctx.looked_at)
        if ctx.executions_looked_at:
            from .engines.lifecycle import executions

            executions.look_at(self.world, ctx.executions_looked_at)
        return members

    def _record(
        self,
        operation: Operation,
        params: dict[str, object],
        caller: Caller,
        outcome: dict[str, object] | ImageBuilderError | UnexpectedCallError,
    ) -> None:
        place = (caller.account_id, caller.region)
        if log.is_told():
            ended = outcome.code if isinstance(outcome, Exception) else "answered"
            log.tell_call(operation.name, params, place, ended)
        self.world.record.add(
            operation.name, params, outcome, place=place, time=self.world.clock.now()
        )
