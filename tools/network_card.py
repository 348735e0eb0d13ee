"""The page about the networks that come with Gradwalk, written from what was measured of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tools.network_measures import VARIANTS, Change

RELIABILITY = "| said | pictures | mean of what was said | right |\n|---|---:|---:|---:|\n"


def card(facts: Mapping[str, Any]) -> str:
    """The model card, in Markdown."""
    names = list(facts)
    head = "| " + " | ".join(["", *(f"`{name}`" for name in names)]) + " |\n|---" + "|---:" * len(names) + "|\n"

    def line(label: str, values: list[str]) -> str:
        return f"| {' | '.join([label, *values])} |\n"

    def table(key: str, pattern: str) -> str:
        return head + "".join(
            line(says, [format(facts[name]["variants"][variant][key], pattern) for name in names])
            for variant, says in titles().items()
            if all(variant in facts[name]["variants"] for name in names)
        )

    first = facts[names[0]]
    recipes = "".join(line(key, [_plain(facts[name]["recipe"][key]) for name in names]) for key in first["recipe"])
    others = "".join(
        line(label, [_plain(facts[name][key]) for name in names])
        for label, key in (
            ("parameters", "parameters"),
            ("bytes of the file", "bytes"),
            ("pictures learned from", "pictures"),
            ("pictures held out for the temperature", "held_out"),
            ("temperature", "temperature"),
        )
    )
    reliabilities = "".join(
        f"\n### `{name}`, {titles()[variant]}\n\n{RELIABILITY}"
        + "".join(
            f"| from {row['from']:.0%} | {row['pictures']:,} | {row['said']:.2%} | {row['right']:.2%} |\n"
            for row in facts[name]["variants"][variant]["reliability"]
        )
        for name in names
        for variant in ("plain", "distorted")
        if variant in facts[name]["variants"]
    )
    return f"""# The networks that come with Gradwalk

Written by `python -m tools.train_reader`, which trains them with Gradwalk's own engine on {first["data"]}, measures
them and writes this page and `networks.json`. Parameters are float16. All numbers are of the files as they are here.

The reader never sees a picture twice: each batch is distorted by `engine/augment.py` first. What a softmax of the
logits says is meant as a probability: after the training all logits are divided by one temperature (Guo et al., 2017),
fitted on training pictures that were held out, and it is folded into the last layer. They know digits, one a picture,
in MNIST's form: light on dark, the ink in 20x20 pixels with its centre of mass in the middle of 28x28. On anything else
they answer, too, and mean nothing by it. MNIST: LeCun, Cortes and Burges, CC BY-SA 3.0.

{head}{recipes}{others}
## Read right

Of {first["tested"]:,} pictures of the test set, unchanged and changed; of the digits that come with Gradwalk, which are
other people's and were scaled up from 8x8 pixels.

{table("accuracy", ".2%")}
## Calibration error

How far the probability is from how often it is right, on average (15 ranges of equal width).

{table("calibration_error", ".2%")}
## Reliability
{reliabilities}"""


def titles() -> dict[str, str]:
    """What each variant is called on the card."""
    named = {name: change.says if isinstance(change, Change) else name for name, change in VARIANTS.items()}
    return named | {
        "plain": "the test pictures as they are",
        "distorted": "distorted as for learning",
        "others": "the digits that come with Gradwalk",
    }


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple | dict):
        items = [f"{key} {item:g}" for key, item in value.items()] if isinstance(value, dict) else map(str, value)
        return ", ".join(items) or "none"
    return f"{value:,}" if isinstance(value, int) else f"{value:g}" if isinstance(value, float) else str(value)
