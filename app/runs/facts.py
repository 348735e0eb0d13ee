"""What is known of a run besides its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from app.protocol import Status


@dataclass(slots=True)
class Facts:
    """Whether a run goes on, how fast, and how it ended.

    Attributes:
        status: paused, running, done or diverged.
        says: why, in plain words.
        speed: training steps a second that are wanted; 0 is full speed.
        target: the training step it runs to.
        ended: by member, the training step at which it diverged and why.
        defiant: whether the learner went on although the loss had grown.
    """

    status: Status = "paused"
    says: str = ""
    speed: float = 0.0
    target: int = 0
    ended: dict[int, tuple[int, str]] = field(default_factory=dict)
    defiant: bool = False

    def plain(self) -> dict[str, Any]:
        """As JSON can say it; see `from_plain`."""
        return asdict(self)

    @classmethod
    def from_plain(cls, kept: Mapping[str, Any]) -> Facts:
        """From what JSON makes of `plain`: its keys are all text."""
        known = {f.name for f in fields(cls)}
        found = cls(**{name: value for name, value in kept.items() if name in known})
        found.ended = {int(member): (int(end[0]), str(end[1])) for member, end in found.ended.items()}
        return found
