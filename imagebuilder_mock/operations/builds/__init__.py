"""Operations on images and on what their builds do and find."""

from . import findings, images, imports, reruns, workflow_executions

__all__ = ["findings", "images", "imports", "reruns", "workflow_executions"]
