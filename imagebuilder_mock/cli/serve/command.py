"""What ``serve`` is asked for besides the service: the rest of AWS around it, and a command."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from imagebuilder_mock.cli import surroundings
from imagebuilder_mock.cli.dashes import KEPT_DASHES, given_back
from imagebuilder_mock.cli.surroundings import Surroundings
from imagebuilder_mock.mock import account_of
from imagebuilder_mock.neighbours.at_endpoint import DEFAULT_KEY
from imagebuilder_mock.protocol.identity import access_key_for

from . import commands

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from imagebuilder_mock.mock import ImageBuilderMock

_PORT = 5055

_ALONE = """\
Image Builder is at {url}, until Ctrl-C. With any credentials and a Region, for instance:
  aws imagebuilder list-images --endpoint-url {url}
or, for boto3 from 1.28 and the AWS CLI from 1.29 and 2.13 (older ones go to AWS): \
AWS_ENDPOINT_URL_IMAGEBUILDER={url}
In a browser: {url}/_imagebuilder_mock/ui"""
_SURROUNDED = """\
Image Builder is at {url}, until Ctrl-C, and {name} answers there for the rest of AWS.
With any credentials and a Region, for instance:
  aws ec2 describe-images --owners self --endpoint-url {url}
or, for boto3 from 1.28 and the AWS CLI from 1.29 and 2.13 (older ones go to AWS): \
AWS_ENDPOINT_URL={url}
In a browser: {url}/_imagebuilder_mock/ui"""


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the options, and the command."""
    surroundings.add_to(parser)
    parser.add_argument(
        "--keep-credentials",
        action="store_true",
        help="leave the user's AWS credentials in the environment of COMMAND; else it gets "
        "placeholders",
    )
    parser.add_argument(
        "command_line",
        nargs="...",
        metavar="-- COMMAND",
        help="serve while this command runs, whose AWS is the server, and end as it ends",
    )


class Serving(NamedTuple):
    """What the options ask for."""

    surroundings: Surroundings
    command: Sequence[str]
    keeps_credentials: bool

    @classmethod
    def of(cls, parser: argparse.ArgumentParser, given: argparse.Namespace) -> Serving:
        """What is wrong with the options ends the process with status 2."""
        try:
            around = Surroundings.checked(moto=given.moto, upstream=given.upstream)
        except ValueError as error:
            parser.error(str(error))
        words = list(given.command_line)
        if words and words[0] != KEPT_DASHES:
            parser.error(f"unrecognized arguments: {' '.join(words)} (a command stands behind --)")
        if words == [KEPT_DASHES]:
            parser.error("there is no command behind --")
        return cls(around, given_back(words[1:]), given.keep_credentials)

    def port(self, named: int | None) -> int:
        """Any that is free for a command, which is told; else the one that people know."""
        if named is None:
            return 0 if self.command else _PORT
        return named

    def greeting(self, url: str) -> str:
        words = _SURROUNDED if self.surroundings else _ALONE
        return words.format(url=url, name=self.surroundings.name)

    def run(self, mock: ImageBuilderMock, url: str) -> int:
        """Run the command; CannotRunError if it cannot be started."""
        key = DEFAULT_KEY if self.surroundings.upstream else access_key_for(account_of(mock))
        environment = commands.environment_for(
            url,
            os.environ,
            is_all_of_aws=bool(self.surroundings),
            access_key=None if self.keeps_credentials else key,
        )
        return commands.run(self.command, environment)
