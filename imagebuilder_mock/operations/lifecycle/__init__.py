"""Operations on lifecycle policies, on their executions, and on the state of an image."""

from . import executions, policies, state_updates

__all__ = ["executions", "policies", "state_updates"]
