import { formatCount } from "../../../charts/labels";
import { formatNumber } from "../../../format";
import type { LayerParts } from "../../../protocol";
import type { RunActions, RunPanel, RunView } from "../../../run/actions";
import { Dated } from "../../../run/parts";
import { HEALTHY, type LayerReading, readLayers, sentencesOn, type Verdict } from "../../../run/parts-layers";
import { barsChart } from "../../charts/bars";
import { histogramChart } from "../../charts/histogram";
import { element, section, setText } from "../../element";
import { unitsExplained } from "./measures";
import { drawnInSight } from "./sight";

/** Every layer: its weights, gradients and activations as histograms, and how well it learns, in numbers and in words. */
export function layersPanel(host: HTMLElement, actions: RunActions): RunPanel {
  const { root, body } = section("layer-parts", "Layers");
  const says = element("p", { class: "quiet" });
  const charts = element("div");
  const bars = element("div", { class: "layer-bars" });
  const verdicts = element("ul", { class: "verdicts" });
  body.append(says, charts, bars, verdicts);
  unitsExplained(body);
  host.append(root);

  const histograms = histogramChart(charts, {
    label: "What the numbers of each layer are like",
    columns: [
      { label: "weights", token: "--value" },
      { label: "gradients", token: "--grad" },
      { label: "activations; last: logits", token: "--value" },
    ],
  });
  const [from, to] = [formatNumber(HEALTHY.from), formatNumber(HEALTHY.to)];
  const measures = [
    measure(bars, "Gradient norm", "log", "--grad", ({ gradNorm }) => gradNorm),
    measure(bars, "Update to weights", "log", "--update", ({ updateRatio }) => updateRatio, {
      ...HEALTHY,
      label: `Shaded: ${from} to ${to}, usual as a rule of thumb.`,
    }),
    measure(bars, "Dead units", "share", "--value", ({ parts }) => parts.dead),
    measure(bars, "Saturated", "share", "--value", ({ parts }) => parts.saturated),
  ];

  const layers = new Dated<readonly LayerParts[]>();
  let last: RunView | null = null;

  function draw(): void {
    if (!last) return;
    const { part, step } = layers;
    body.classList.toggle("waiting", !part);
    setText(says, part ? sayStep(step) : "The numbers of each layer come with the first look at the run.");
    if (!part) return;
    const readings = readLayers(last.state, part, last.curves);
    histograms.update(
      part.map(({ name, weights, gradients, activations }) => ({
        label: name,
        cells: [weights, gradients, activations],
      })),
    );
    for (const { update } of measures) update(readings);
    showVerdicts(verdicts, sentencesOn(readings));
  }

  const request = drawnInSight(root, draw, (seen) => actions.watchPart("layers", seen));
  return {
    update(view) {
      last = view;
      if (layers.take(view.frame?.layers ?? null, view.frame?.step ?? 0)) request();
    },
  };
}

type BarKind = "log" | "share";
type Band = { readonly from: number; readonly to: number; readonly label: string };

/** A bar for each layer that has the number at all; hidden where none has it. */
function measure(
  host: HTMLElement,
  label: string,
  kind: BarKind,
  token: string,
  read: (layer: LayerReading) => number | null,
  band?: Band,
) {
  const root = element("div");
  host.append(root);
  const chart = barsChart(root, { label, kind, token, ...(band ? { band } : {}) });
  return {
    update(readings: readonly LayerReading[]): void {
      const rows = readings.map((layer) => ({ label: layer.parts.name, value: read(layer) }));
      // Every layer has a gradient, sooner or later; not every one has units that can be dead or saturated.
      const shown = kind === "share" ? rows.filter(({ value }) => value !== null) : rows;
      root.hidden = shown.length === 0;
      if (shown.length > 0) chart.update(shown);
    },
  };
}

/** Writes the sentences into the lines there are; a list that is built anew eight times a second cannot be read. */
function showVerdicts(list: HTMLElement, sentences: readonly Verdict[]): void {
  while (list.childElementCount > sentences.length) list.lastElementChild?.remove();
  while (list.childElementCount < sentences.length) list.append(element("li"));
  for (const [i, { text, wrong }] of sentences.entries()) {
    const line = list.children[i];
    if (!line) continue;
    setText(line, text);
    line.classList.toggle("wrong", wrong);
  }
}

function sayStep(step: number): string {
  if (step === 0) return "Before the first training step: weights as they begin, no gradient and no activation yet.";
  return `Training step ${formatCount(step)}: its activations and gradients, and the weights after its update.`;
}
