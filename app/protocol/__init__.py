"""Every message of the websocket, both ways. The JSON schema and the TypeScript types are generated from here.

Control travels as JSON text frames, one message a frame; tensors, and what a run shows of itself, as MessagePack binary
frames (`bytes` fields are raw little-endian). Every request carries `seq` and is answered by at least one message whose
`request_seq` equals it. Whatever belongs to an opened scene carries its `generation`, and whatever belongs to a run its
id; a client drops what is older than the newest it has seen. NaN and infinities travel as the strings "NaN", "Infinity"
and "-Infinity".
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, TypeAdapter

from app.protocol.base import *  # noqa: F403
from app.protocol.base import Error, Hello, TensorFrame, Welcome
from app.protocol.stepper import *  # noqa: F403
from app.protocol.stepper import (
    At,
    Into,
    Lines,
    Numbers,
    Open,
    Opened,
    Prove,
    Proved,
    Seek,
    SetValue,
    Steps,
    Terms,
    Window,
)
from app.protocol.training import *  # noqa: F403
from app.protocol.training import (
    Branch,
    Compare,
    Comparison,
    Control,
    CreateRun,
    Deleted,
    Evaluate,
    Evaluation,
    ListRuns,
    Plan,
    Planned,
    RunAnswer,
    RunFrame,
    Runs,
    Surface,
    SurfaceRace,
    Tune,
    Unwatch,
    Unwatched,
    Watch,
)

StepperRequest = Open | SetValue | Seek | Into | Window | Prove
TrainingRequest = Plan | CreateRun | Watch | Unwatch | Control | Tune | Branch | Evaluate | Compare | ListRuns | Surface
ClientMessage = Annotated[Hello | StepperRequest | TrainingRequest, Field(discriminator="type")]

StepperAnswer = Opened | Steps | At | Terms | Lines | Numbers | Proved
TrainingAnswer = Planned | RunAnswer | Unwatched | Deleted | Runs
ServerMessage = Annotated[Welcome | StepperAnswer | TrainingAnswer | Error, Field(discriminator="type")]

TrainingFrame = RunFrame | Evaluation | Comparison | SurfaceRace
BinaryFrame = Annotated[TensorFrame | TrainingFrame, Field(discriminator="type")]

CLIENT_MESSAGE: TypeAdapter[ClientMessage] = TypeAdapter(ClientMessage)
SERVER_MESSAGE: TypeAdapter[ServerMessage] = TypeAdapter(ServerMessage)
BINARY_FRAME: TypeAdapter[BinaryFrame] = TypeAdapter(BinaryFrame)
