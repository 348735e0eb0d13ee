"""What a lab is: an experiment on training, with what may be changed about it and what to look for."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from app.protocol import ComparisonRecipe, CurveRecipe, NetworkRecipe, Recipe, Variation
from app.protocol.base import Message

WATCHABLE = 30.0
"""Training steps a second that people can follow: six hundred of them take twenty seconds."""


class Switch(Message):
    """Something that members are made of, in or out."""

    name: str
    label: str
    on: bool


class Switches(Message):
    """Switches that belong together."""

    legend: str
    options: list[Switch]


class Member(Message):
    """Somebody who may take part.

    Attributes:
        variation: what it does otherwise than the others; `{lr}` in its label stands for its learning rate.
        factor: its learning rate over the lab's.
        needs: the switches that must all be on.
    """

    variation: Variation
    factor: float = 1.0
    needs: list[str] = Field(default_factory=list)


class Rate(Message):
    """The lab's learning rate: a slider that goes by equal factors."""

    label: str
    says: str
    value: float
    minimum: float
    maximum: float


class Choice(Message):
    """One of several values of a field of the recipe."""

    field: str
    legend: str
    options: list[tuple[str | float, str]]


class Lab(Message):
    """A line of the table.

    Attributes:
        id: its name in addresses.
        title: what people call it.
        says: what it is about, one sentence.
        look: what to look for.
        recipe: what is trained; of a comparison, the members are to be made from `members`.
        members: who may take part.
        switches: what decides who does.
        rate: the learning rate.
        choices: what else may be changed.
        speed: training steps a second to begin with; 0 is full speed.
        begun: training steps that are made as it opens, for there to be something to see.
        epochs: by data set, how often every picture is seen; empty where there are none.
    """

    id: str
    title: str
    says: str
    look: str
    recipe: CurveRecipe | NetworkRecipe
    members: list[Member] = Field(default_factory=list)
    switches: list[Switches] = Field(default_factory=list)
    rate: Rate
    choices: list[Choice] = Field(default_factory=list)
    speed: float = WATCHABLE
    begun: int = 0
    epochs: dict[str, int] = Field(default_factory=dict)

    def comparison(self) -> ComparisonRecipe:
        """What is trained where nothing was changed; `recipeOf` in static/src/lab/lab.ts goes on from there.

        Raises:
            TypeError: this lab fits a curve.
        """
        if isinstance(self.recipe, CurveRecipe):
            raise TypeError(f"{self.id} compares no members")
        on = {switch.name for group in self.switches for switch in group.options if switch.on}
        members = []
        for member in self.members:
            if on.issuperset(member.needs):
                lr = float(f"{member.factor * self.rate.value:.6g}")
                label = member.variation.label.format(lr=f"{lr:g}")
                members.append(member.variation.model_copy(update={"lr": lr, "label": label}))
        base = self.recipe.model_copy(update={"epochs": self.epochs[self.recipe.dataset]})
        return ComparisonRecipe(base=base, members=members)

    def makes(self, recipe: Recipe) -> bool:
        """Whether this lab makes such a recipe, whatever its slider, switches and choices are set to."""
        if isinstance(recipe, ComparisonRecipe):
            own = [_besides(member.variation, {"label", "lr"}) for member in self.members]
            variations = [_besides(variation, {"label", "lr"}) for variation in recipe.members]
            return all(one in own for one in variations) and self._alike(recipe.base)
        return isinstance(recipe, CurveRecipe) and self._alike(recipe)

    def _alike(self, recipe: CurveRecipe | NetworkRecipe) -> bool:
        free = {"lr", "epochs", *(choice.field for choice in self.choices)}
        return _besides(recipe, free) == _besides(self.recipe, free)


def _besides(message: Message, fields: set[str]) -> dict[str, Any]:
    return message.model_dump(exclude=fields)
