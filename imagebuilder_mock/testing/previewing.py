"""Make the preview of a policy from trials of its runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.lifecycle.rules import IMAGE_TYPES, creation_date
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.domain.suggestions import listed

from .pages.preview import Preview, PreviewResource, PreviewRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from imagebuilder_mock.domain.resources.lifecycle import LifecycleExecutionResource
    from imagebuilder_mock.engines.lifecycle.trials import Draft, Prospect, Runs, Trial
    from imagebuilder_mock.world.world import World

    from .pages.preview import FateName

_DOUBT = "(unless it is excluded: what EC2 knows of it is not known here)"


def preview_of(
    world: World,
    draft: Draft,
    trials: Sequence[Trial],
    *,
    title: str,
    name: str,
    moment: datetime,
    runs: Runs,
) -> Preview:
    """The table of what the runs do, the first of them at ``moment``; ``name`` is the policy's."""
    how = {1: "", "settled": ", until a run changes nothing"}.get(runs, f", {runs} daily runs")
    return Preview(
        f"{title} at {moment.isoformat(sep=' ', timespec='seconds')}{how}",
        list(_rows(trials, lambda ami: world.state.machine_images.get(ami) is not None)),
        policy=name,
        moment=moment,
        runs=runs,
        nothing=None if any(each.prospects for each in trials) else _nothing_in(world, draft),
    )


def _rows(trials: Sequence[Trial], knows_ami: Callable[[str], bool]) -> Iterable[PreviewRow]:
    """The rows of each image, in the order of the runs: only what is new, and no KEEP before it."""
    by_image: dict[str, list[PreviewRow]] = {}
    for trial in trials:
        for prospect in trial.prospects:
            row = _row(trial, prospect, knows_ami)
            known = by_image.setdefault(row["image"], [])
            if not known or known[-1]["fate"] == "KEEP":
                known[:] = [row]
            elif row["fate"] != "KEEP" and _substance(row) != _substance(known[-1]):
                known.append(row)
    for rows in by_image.values():
        yield from rows


def _row(trial: Trial, prospect: Prospect, knows_ami: Callable[[str], bool]) -> PreviewRow:
    fate = prospect.fate
    is_kept = fate.rule is None
    return {
        "image": fate.image.arn,
        "state": prospect.state,
        "created": creation_date(fate.image),
        "run": None if is_kept else trial.number,
        "at": None if is_kept else trial.moment,
        # No rule of a policy makes an image available.
        "fate": cast("FateName", "SKIP" if fate.is_skipped else fate.action or "KEEP"),
        "rule": None if fate.rule is None else str(fate.rule),
        "reason": fate.exclusion or fate.reason,
        "resources": [_resource(prospect, output, knows_ami) for output in prospect.outputs],
        "obstacle": prospect.obstacle,
    }


def _resource(
    prospect: Prospect, output: LifecycleExecutionResource, knows_ami: Callable[[str], bool]
) -> PreviewResource:
    rule = prospect.fate.rule
    # What a preview cannot say of an AMI, such as one of a captured account.
    is_in_doubt = (
        rule is not None
        and rule.amis.needs_ec2
        and output.image_uris is None
        and not knows_ami(output.resource_id)
    )
    return {
        "resource": output.resource_id,
        "region": output.region,
        "fate": "SKIP" if output.exclusion else output.action.name,
        "reason": output.exclusion or (_DOUBT if is_in_doubt else None),
    }


def _substance(row: PreviewRow) -> object:
    return {name: value for name, value in row.items() if name not in {"run", "at"}}


# A policy that selects nothing


def _nothing_in(world: World, draft: Draft) -> str:
    """Why no image is selected: the tags or recipes of those that exist, or where some are."""
    home, selection, _ = draft
    images = [each for each in home.order(Image) if each.type == selection.image_type]
    resource_type = next(name for name, of in IMAGE_TYPES.items() if of == selection.image_type)
    if not images:
        elsewhere = sorted(
            f"{each.account} in {each.region}"
            for each in world.state.stores.values()
            if each is not home and any(True for _ in each.order(Image))
        )
        of_type = f" of the type {resource_type}" if any(True for _ in home.order(Image)) else ""
        why = f"there are none{of_type}{f'; others: {listed(elsewhere)}' if elsewhere else ''}"
    elif selection.tag_map is not None:
        tags = sorted({f"{key}={value}" for each in images for key, value in each.tags.items()})
        why = f"tags: {listed(tags)}"
    else:
        named = {recipe.slug for recipe in _recipes(images)} & (selection.recipes or {}).keys()
        # Of a recipe that is named, it is the version that does not match.
        recipes = {
            f"{each.slug} {each.version}" if each.slug in named else each.slug
            for each in _recipes(images)
        }
        why = f"recipes: {listed(sorted(recipes))}"
    return f"no image of {home.account} in {home.region} is selected ({why})"


def _recipes(images: Iterable[Image]) -> Iterable[Arn]:
    for image in images:
        if image.recipe is not None:
            yield Arn.parse(image.recipe.arn)
