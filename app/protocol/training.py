"""The messages of training runs: what to train, how it goes, and what may be asked of its past.

A run has members: one for a network, several where networks are compared step by step on the same batches.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from app.protocol.base import Answer, Message, Name, Request, Scalar, TensorFrame

RunId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,40}$")]
Count = Annotated[int, Field(ge=0, le=2**53)]
Width = Annotated[int, Field(ge=-(10**9), le=10**9)]
Options = Annotated[dict[Name, Scalar], Field(max_length=10)]
Activation = Literal["sigmoid", "tanh", "relu", "leaky_relu", "gelu"]
Init = Literal["pytorch", "xavier", "he", "zeros"]
Rule = Literal["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adadelta", "adam", "adamw"]
Schedule = Literal["constant", "warmup", "cosine"]
Status = Literal["paused", "running", "done", "diverged"]
Action = Literal["start", "pause", "step", "epoch", "stop", "reset", "delete"]
Part = Literal["layers", "maps", "batch"]

# ------------------------------------------------------------------------------------------------------- recipes


class NetworkRecipe(Message):
    """One network and how it is trained. Limits beyond these come from the settings, and are explained there."""

    kind: Literal["network"] = "network"
    dataset: Literal["mnist", "built-in"] = "mnist"
    hidden: list[Width] = Field(
        default_factory=list, max_length=64, description="widths between the 784 pixels and ten"
    )
    activation: Activation = "relu"
    init: Init = "pytorch"
    batch: int = Field(default=100, ge=1, le=100_000)
    optimizer: Rule = "adam"
    hyper: Options = Field(default_factory=dict, description="the optimizer's own numbers, where not its defaults")
    lr: Scalar = Field(default=0.001, ge=0, le=1_000_000)
    schedule: Schedule = "constant"
    warmup: int = Field(default=0, ge=0, le=10_000_000, description="steps over which the learning rate rises")
    epochs: int = Field(default=5, ge=1, le=100_000)
    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    zero_grad: bool = Field(default=True, description="False: gradients of all steps so far add up")


class Variation(Message):
    """A member of a comparison: the base with some fields of its own."""

    label: str = Field(min_length=1, max_length=40)
    hidden: list[Width] | None = Field(default=None, max_length=64)
    activation: Activation | None = None
    init: Init | None = None
    optimizer: Rule | None = None
    hyper: Options | None = None
    lr: Scalar | None = Field(default=None, ge=0, le=1_000_000)
    schedule: Schedule | None = None
    zero_grad: bool | None = None


class ComparisonRecipe(Message):
    """Several networks, trained step by step on the same batches."""

    kind: Literal["comparison"] = "comparison"
    base: NetworkRecipe = NetworkRecipe()
    members: list[Variation] = Field(min_length=1, max_length=8)


class CurveRecipe(Message):
    """y = 3x^2 + 2 + noise fitted by one hidden layer, its gradients by hand beside the engine's own."""

    kind: Literal["curve"] = "curve"
    layers: Literal["linear", "sigmoid"] = Field(default="sigmoid", description="what follows the first layer")
    hidden: int = Field(default=8, ge=1, le=64)
    points: int = Field(default=100, ge=2, le=1_000)
    noise: Scalar = Field(default=0.1, ge=0, le=10)
    optimizer: Rule = "sgd"
    hyper: Options = Field(default_factory=dict)
    lr: Scalar = Field(default=0.1, ge=0, le=1_000)
    steps: int = Field(default=3_000, ge=1, le=1_000_000)
    seed: int = Field(default=0, ge=0, le=2**31 - 1)


Recipe = Annotated[NetworkRecipe | ComparisonRecipe | CurveRecipe, Field(discriminator="kind")]

# ---------------------------------------------------------------------------------------------- parts of messages


class LayerCount(Message):
    """The parameters of one layer, as a student would count them."""

    name: str = Field(description="Layer 1")
    shape: str = Field(description="784 → 128")
    sum: str = Field(description="784 × 128 + 128")
    parameters: int


class MemberPlan(Message):
    """A member: what it is, and where its training ended early, if it did."""

    label: str
    layers: list[LayerCount]
    engine: int = Field(description="parameters that the engine counts")
    pytorch: int | None = Field(description="and PyTorch; None where it is not installed, or not loaded yet")
    diverged_at: int | None = Field(default=None, description="the training step that its loss went out of bounds at")
    says: str = Field(default="", description="why, in plain words")


class RateChange(Message):
    """From this training step on the run had this learning rate."""

    step: int
    lr: Scalar


class RunState(Message):
    """All that is known of a run but its curves; `version` grows with every change."""

    id: RunId
    version: int
    kind: Literal["network", "comparison", "curve"]
    title: str
    recipe: Recipe
    status: Status
    says: str = Field(description="why it stands as it does, in plain words; empty while that is plain")
    step: int = Field(description="training steps done")
    steps: int = Field(description="training steps in all")
    steps_per_epoch: int
    lr: Scalar = Field(description="before the schedule")
    rates: list[RateChange]
    speed: Scalar = Field(description="training steps a second that are wanted; 0 is full speed")
    members: list[MemberPlan]
    parent: RunId | None
    branched_at: int | None
    mine: bool = Field(description="False: somebody else's; look, or branch")
    snapshots: list[int] = Field(description="training steps that are kept; any other is reached from the one before")
    notes: list[str] = Field(description="things to be said plainly, such as which data is used")


class RunCard(Message):
    """A run in a list."""

    id: RunId
    kind: Literal["network", "comparison", "curve"]
    title: str
    status: Status
    step: int
    steps: int
    parent: RunId | None
    created: Scalar = Field(description="seconds since 1970")


# -------------------------------------------------------------------------------------------- requests (to the server)


class Plan(Request):
    """What would come of a recipe: parameters, steps; errors where it breaks a limit."""

    type: Literal["plan"]
    recipe: Recipe


class CreateRun(Request):
    """A new run, paused at step 0, and watched."""

    type: Literal["create_run"]
    recipe: Recipe


class Watch(Request):
    """See a run live; one run a connection. Curves come from `known` on: how many losses the page has already."""

    type: Literal["watch"]
    run: RunId
    parts: list[Part] = Field(default_factory=list, max_length=3)
    member: int = Field(default=0, ge=0, le=7, description="whose parts")
    known: Count = 0


class Unwatch(Request):
    type: Literal["unwatch"]


class Control(Request):
    """Start, pause, one training step, on to the end of the epoch, stop, reset, delete."""

    type: Literal["control"]
    run: RunId
    action: Action


class Tune(Request):
    """Change the learning rate from the next training step on, or the speed."""

    type: Literal["tune"]
    run: RunId
    lr: Scalar | None = Field(default=None, ge=0, le=1_000_000)
    speed: Scalar | None = Field(default=None, ge=0, le=1_000_000)


class Branch(Request):
    """A new run that goes on from a training step of another one, paused, and watched."""

    type: Literal["branch"]
    run: RunId
    step: Count
    lr: Scalar | None = Field(default=None, ge=0, le=1_000_000)


class Evaluate(Request):
    """The whole test set at a training step: confusion matrix, and the wrong pictures by loss."""

    type: Literal["evaluate"]
    run: RunId
    step: Count | None = Field(default=None, description="None: now")
    member: int = Field(default=0, ge=0, le=7)
    true: int | None = Field(default=None, ge=0, le=9, description="only pictures of this digit")
    predicted: int | None = Field(default=None, ge=0, le=9, description="only those taken for this one")
    start: Count = 0
    count: int = Field(default=60, ge=0, le=200)


class Compare(Request):
    """Values, gradients and weights at two training steps, and their differences, on the batch of the first."""

    type: Literal["compare"]
    run: RunId
    step: Count
    other: Count | None = Field(default=None, description="None: now")
    member: int = Field(default=0, ge=0, le=7)


class ListRuns(Request):
    """The visitor's runs."""

    type: Literal["list_runs"]


class Surface(Request):
    """Optimizers on a loss surface of two parameters, from one start."""

    type: Literal["surface"]
    surface: Literal["valley", "saddle", "ravine"]
    start: tuple[Scalar, Scalar]
    steps: int = Field(ge=1, le=2_000)
    racers: list[Variation] = Field(min_length=1, max_length=8, description="label, optimizer, hyper and lr count")


# -------------------------------------------------------------------------------------------- answers (to the browser)


class Planned(Answer):
    type: Literal["planned"] = "planned"
    title: str
    members: list[MemberPlan]
    steps: int
    steps_per_epoch: int
    counting: bool = Field(description="PyTorch is being loaded to count the parameters too: ask again in a moment")
    notes: list[str]


class RunAnswer(Answer):
    """A run as it stands now; sent unasked, too, whenever it changes for a viewer."""

    type: Literal["run"] = "run"
    state: RunState


class Unwatched(Answer):
    type: Literal["unwatched"] = "unwatched"


class Deleted(Answer):
    type: Literal["deleted"] = "deleted"
    run: RunId


class Runs(Answer):
    type: Literal["runs"] = "runs"
    runs: list[RunCard]
    most: int = Field(description="how many this visitor may have")


# ------------------------------------------------------------------------------------------------- binary frames

_BINARY = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings", ser_json_bytes="base64")


class SeriesChunk(Message):
    """Part of a curve: from entry `start` on; what a page has from there on is replaced.

    Names: `loss` (of every training step; entry i is step i + 1), and sampled ones with their training steps in `x`:
    `accuracy`, `test_loss`, `test_accuracy`, `grad_norm.0`, `update_ratio.0`, one for each layer.
    """

    model_config = _BINARY

    member: int
    name: str
    start: int
    x: bytes | None = Field(description="int32; None where entry i is training step i + 1")
    y: bytes = Field(description="float32")


class Histogram(Message):
    """32 equal bins over [-largest, largest]."""

    model_config = _BINARY

    counts: list[int]
    largest: Scalar
    mean: Scalar
    std: Scalar


class LayerParts(Message):
    """One layer: of its latest pass the activations, else its parameters."""

    model_config = _BINARY

    name: str
    weights: Histogram
    gradients: Histogram | None
    activations: Histogram | None
    dead: Scalar | None = Field(description="share of units that are 0 for the whole batch (ReLU)")
    saturated: Scalar | None = Field(description="share of activations where the slope is below a tenth of its largest")


class Maps(Message):
    """Rows as 8-bit pictures: number = (byte - zero) * scale."""

    model_config = _BINARY

    count: int
    of: int = Field(description="rows in all")
    pixels: bytes
    scale: Scalar
    zero: int


class BatchParts(Message):
    """Pictures of the batch just trained on, as many as are shown, with what was said of them before the update."""

    model_config = _BINARY

    of: int
    indices: list[int]
    labels: list[int]
    predictions: list[int]
    confidence: list[Scalar]
    losses: list[Scalar]
    pixels: bytes = Field(description="uint8, 784 a picture")


class CurveParts(Message):
    """The fitted curve, from the hand-written backward and from the engine's, and how far their gradients differ."""

    model_config = _BINARY

    x: bytes = Field(description="float32")
    points_x: bytes
    points_y: bytes
    by_hand: bytes
    by_engine: bytes
    gradients: list[tuple[str, Scalar, Scalar, Scalar]] = Field(
        description="parameter, norm of its gradient by hand, by the engine, largest difference"
    )


class RunFrame(Message):
    """What is new in a run: always the newest state; parts only where somebody looks at them."""

    model_config = _BINARY

    type: Literal["run_frame"] = "run_frame"
    run: str
    step: int
    rate: Scalar = Field(description="learning rate of the last training step, schedule included")
    pace: Scalar = Field(description="training steps a second, measured")
    seconds_left: Scalar | None
    series: list[SeriesChunk]
    layers: list[LayerParts] | None
    maps: Maps | None = Field(description="weights of the first layer, a picture a unit")
    gradient_maps: Maps | None
    batch: BatchParts | None
    curve: CurveParts | None


class Evaluation(Message):
    """The test set seen by a run at a training step."""

    model_config = _BINARY

    type: Literal["evaluation"] = "evaluation"
    request_seq: int | None
    run: str
    step: int
    count: int
    loss: Scalar
    accuracy: Scalar
    confusion: list[list[int]] = Field(description="rows are true digits, columns predicted ones")
    wrong: int = Field(description="pictures that match the filter, all in all")
    start: int
    indices: list[int] = Field(description="by loss, largest first")
    labels: list[int]
    predictions: list[int]
    losses: list[Scalar]
    confidence: list[Scalar] = Field(description="of the predicted digit")
    pixels: bytes


class Compared(Message):
    """One tensor at two training steps, and the difference second - first."""

    model_config = _BINARY

    name: str
    what: Literal["value", "gradient", "weight"]
    first: TensorFrame
    second: TensorFrame
    difference: TensorFrame


class Comparison(Message):
    model_config = _BINARY

    type: Literal["comparison"] = "comparison"
    request_seq: int | None
    run: str
    step: int
    other: int
    losses: tuple[Scalar, Scalar] = Field(description="on the same batch")
    tensors: list[Compared]


class SurfacePath(Message):
    """One optimizer's way: (steps + 1) points and the loss at each; it ends early where it leaves all bounds."""

    model_config = _BINARY

    label: str
    points: bytes = Field(description="float32, x and y by turns")
    losses: bytes
    says: str = Field(description="how it ended")


class SurfaceRace(Message):
    model_config = _BINARY

    type: Literal["surface_race"] = "surface_race"
    request_seq: int | None
    surface: str
    source: str = Field(description="the loss as an expression of x and y")
    x: tuple[Scalar, Scalar]
    y: tuple[Scalar, Scalar]
    size: int = Field(description="the loss on a grid of size x size, rows are y")
    grid: bytes
    minimum: list[tuple[Scalar, Scalar]]
    paths: list[SurfacePath]
