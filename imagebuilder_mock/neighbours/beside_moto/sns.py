"""SNS in moto."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .account import MotoAccount


class MotoSns:
    def __init__(self, moto: MotoAccount) -> None:
        self._moto = moto

    def has_topic(self, arn: str) -> bool:
        return self._moto.can_take(
            "sns", lambda: self._moto.finds("sns", "get_topic_attributes", TopicArn=arn), _topics
        )

    def publish(self, arn: str, message: str) -> None:
        self._moto.ask("sns", "publish", TopicArn=arn, Message=message)


def _topics(moto: MotoAccount) -> object:
    return moto.ask("sns", "list_topics")["Topics"]
