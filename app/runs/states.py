"""A run as others see it: all of its state, and the few words of a list."""

from __future__ import annotations

import json

from app.protocol import MemberPlan, RateChange, RunCard, RunState
from app.runs.run import Run
from app.store import RunRecord


def state_of(run: Run, visitor: str) -> RunState:
    """Everything but the curves, for a visitor; the caller has the run's turn.

    Members of a comparison have learning rates of their own, and none is set by hand: the first one's stands for them.
    """
    first = run.trainees[0]
    return RunState(
        id=run.id,
        version=run.version,
        kind=run.recipe.kind,
        title=run.title,
        recipe=run.recipe,
        status=run.facts.status,
        says=run.facts.says,
        step=run.step,
        steps=run.steps,
        steps_per_epoch=run.steps_per_epoch,
        lr=first.base_rate(run.step),
        rates=[RateChange(step=step, lr=lr) for step, lr in first.rates],
        speed=run.facts.speed,
        members=[_with_end(plan, run.facts.ended.get(member)) for member, plan in enumerate(run.plans)],
        parent=run.parent,
        branched_at=run.branched_at,
        mine=visitor == run.visitor,
        snapshots=run.kept,
        notes=run.notes,
    )


def _with_end(plan: MemberPlan, ended: tuple[int, str] | None) -> MemberPlan:
    return plan.model_copy(update={"diverged_at": ended[0], "says": ended[1]}) if ended else plan


def card_of(run: Run) -> RunCard:
    """A run in a list."""
    return RunCard(
        id=run.id,
        kind=run.recipe.kind,
        title=run.title,
        status=run.facts.status,
        step=run.step,
        steps=run.steps,
        parent=run.parent,
        created=run.created,
    )


def kept_card(record: RunRecord) -> RunCard:
    """A run in a list, from what is kept of it."""
    meta = json.loads(record.meta)
    status = meta["facts"]["status"]
    return RunCard.model_validate(
        {
            "id": record.id,
            "kind": record.kind,
            "title": meta["title"],
            "status": "paused" if status == "running" else status,
            "step": meta["step"],
            "steps": meta["steps"],
            "parent": record.parent,
            "created": record.created,
        }
    )
