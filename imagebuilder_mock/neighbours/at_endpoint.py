"""An emulator of AWS over HTTP, as a cloud around Image Builder.

It is asked and told by ordinary boto3 clients with placeholder credentials. It is a cloud of its
own, in which a name that is not there is wrong, and not one that a test does not care about.
"""

from __future__ import annotations

from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any

from imagebuilder_mock.world.log import logger

from .clients import new_client, new_session

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imagebuilder_mock.domain.machine_image import MachineImage

DEFAULT_KEY = "test"
"""A key that no emulator takes for anything, so that it means its default account."""

# Together five seconds, the longest that a question takes.
_CONNECTING, _ANSWERING = 2, 3
# Requests wait for one another, and an emulator that hangs would hold each of them for seconds.
_PAUSE = 10.0
"""Seconds for which it is not asked after it has not answered in time."""


class Endpoint:
    """The services at a URL.

    Emulators take an access key of twelve digits for the account of this number, moto's server a
    header. The mock's own account is whichever the emulator has for any other key.
    """

    is_the_whole_cloud = True
    chooses_ami_ids = True
    is_ours = False

    def __init__(self, url: str, *, default_account: str) -> None:
        self.name = url
        self.absence = f"{url} does not answer at the moment."
        self._default_account = default_account
        self._session = new_session()
        self._clients: dict[tuple[str, str, str], object] = {}
        self._lock = Lock()
        self._asked_again_at = 0.0
        self._said: set[str] = set()

    def are_there(self) -> bool:
        return monotonic() >= self._asked_again_at

    def may_have(self, service: str) -> bool:
        """What it has shows when it is asked."""
        del service
        return True

    def client(self, service: str, account: str, region: str) -> object:
        with self._lock:
            made = self._clients.get((service, account, region))
            if made is None:
                is_default = account == self._default_account
                made = self._clients[service, account, region] = new_client(
                    self._session,
                    service,
                    region,
                    access_key=DEFAULT_KEY if is_default else account,
                    acts_as=None if is_default else account,
                    url=self.name,
                    connect_timeout=_CONNECTING,
                    read_timeout=_ANSWERING,
                    proxies={},
                )
            return made

    def cannot_be_asked(self, sentence: str, *, is_late: bool) -> bool:
        """Log each reason once."""
        if is_late:
            self._asked_again_at = monotonic() + _PAUSE
        if sentence not in self._said:
            self._said.add(sentence)
            logger.warning(
                "%s What Image Builder would ask there is taken as given, and what it would tell "
                "is lost.",
                sentence,
            )
        return True

    def register(self, ami: MachineImage, devices: Sequence[Mapping[str, Any]]) -> None:
        """An AMI that is there has been made by RegisterImage, which chose its id."""

    def reset(self) -> None:
        """It is another program, which others may use."""
