"""A command that runs beside the server: its environment, its signals, how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from imagebuilder_mock.cli.ending import handled
from imagebuilder_mock.neighbours.clients import SECRET

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import FrameType

# As shells have it (POSIX, "Exit Status for Commands").
NOT_FOUND, NOT_EXECUTABLE, SIGNALLED = 127, 126, 128

_HANDED_ON = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGBREAK")
# A terminal sends these to the command too, if it is in the foreground.
_OF_TERMINALS = frozenset(("SIGINT", "SIGQUIT"))

_DEFAULT_REGION = "us-east-1"
_REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")
# Where SDKs would find other credentials, or would be told to pass over the endpoint.
_SOURCES_OF_CREDENTIALS = (
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
)
_IGNORING = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"
_ALL, _OURS = "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_IMAGEBUILDER"


class CannotRunError(Exception):
    """The command could not be started; ``status`` is what a shell would end with."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def environment_for(
    url: str,
    given: Mapping[str, str],
    *,
    is_all_of_aws: bool,
    access_key: str | None,
) -> dict[str, str]:
    """The environment of a command whose requests are to go to the server.

    ``access_key`` stands in for the user's credentials; None keeps them.
    """
    environment = {name: text for name, text in given.items() if name != _IGNORING}
    environment[_ALL if is_all_of_aws else _OURS] = url
    if is_all_of_aws:
        environment.pop(_OURS, None)
    region = next((given[name] for name in _REGIONS if given.get(name)), _DEFAULT_REGION)
    for name in _REGIONS:
        # SDKs differ in which of the two they read.
        if not environment.get(name):
            environment[name] = region
    if access_key is not None:
        for name in _SOURCES_OF_CREDENTIALS:
            environment.pop(name, None)
        environment["AWS_ACCESS_KEY_ID"] = access_key
        environment["AWS_SECRET_ACCESS_KEY"] = SECRET
    return environment


def run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command to its end, and hand signals on to it; the answer is its exit status.

    One that a signal ended has 128 and the signal's number, as in a shell. CannotRunError if there
    is no such command.
    """
    handing_on = _HandingOn()
    numbers = [getattr(signal, name) for name in _HANDED_ON if hasattr(signal, name)]
    # One that is ignored, as by nohup, stays so for the command too.
    taken = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    with handled(taken, handing_on):
        try:
            process = subprocess.Popen(command, env=dict(environment))  # noqa: S603 - what the user asks for
        except FileNotFoundError:
            msg = f"There is no command {command[0]}."
            raise CannotRunError(msg, NOT_FOUND) from None
        except OSError as error:
            msg = f"The command {command[0]} cannot be run: {error.strerror or error}."
            raise CannotRunError(msg, NOT_EXECUTABLE) from None
        handing_on.to(process)
        status = process.wait()
    return SIGNALLED - status if status < 0 else status


class _HandingOn:
    """Gives a process the signals that we get, also those from before it was there."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._early: list[int] = []

    def to(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        for number in self._early:
            self._send(process, number)

    def __call__(self, number: int, _: FrameType | None) -> None:
        if self._process is None:
            self._early.append(number)
        else:
            self._send(self._process, number)

    def _send(self, process: subprocess.Popen[bytes], number: int) -> None:
        if signal.Signals(number).name in _OF_TERMINALS and _is_in_the_foreground():
            return
        with suppress(ProcessLookupError):
            process.send_signal(number)


def _is_in_the_foreground() -> bool:
    """Whether a terminal sends its signals to this process and the command alike."""
    if sys.platform == "win32":
        return True
    with suppress(OSError):
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
        try:
            return os.tcgetpgrp(terminal) == os.getpgrp()
        finally:
            os.close(terminal)
    return False
