import { formatNumber } from "../../format";
import type { Lab, Rate, Settings, Switches } from "../../lab/lab";
import { numberAt, PLACES, placeOf } from "../../lab/scale";
import { element, releaseAfterPointer, setText } from "../element";
import { choose, segments } from "../segments";

export interface LabForm {
  /** `trains`: whether what is chosen about a training counts just now. */
  update(settings: Settings, trains: boolean): void;
}

interface FormActions {
  change(settings: Partial<Settings>): void;
  changeRate(rate: number): void;
}

/** What may be changed about a lab. `live`: the learning rate is told while its slider moves, not when it is let go. */
export function labForm(host: HTMLElement, lab: Lab, live: boolean, actions: FormActions): LabForm {
  let shown: Settings | null = null;
  const rate = rateSlider(lab.rate, live, actions.changeRate);
  const groups = lab.switches.map((group) =>
    switchGroup(group, (name, on) => {
      const all = new Set(shown?.on ?? []);
      if (on) all.add(name);
      else all.delete(name);
      actions.change({ on: all });
    }),
  );
  const choices = lab.choices.map(({ field, legend, options }) => {
    const root = segments(
      `lab-${field}`,
      legend,
      options.map(([value, label]) => [String(value), label] as const),
      (picked) => {
        const value = options.find(([value]) => String(value) === picked)?.[0];
        if (value !== undefined) actions.change({ choices: { ...shown?.choices, [field]: value } });
      },
    );
    return { field, root };
  });
  host.replaceChildren(rate.root, ...groups.map(({ root }) => root), ...choices.map(({ root }) => root));

  return {
    update(settings, trains) {
      shown = settings;
      rate.show(settings.rate);
      for (const group of groups) group.show(settings.on);
      for (const { field, root } of choices) {
        choose(root, String(settings.choices[field]));
        root.hidden = !trains;
      }
    },
  };
}

function rateSlider(rate: Rate, live: boolean, changed: (rate: number) => void) {
  const slider = element("input", { type: "range", min: 0, max: PLACES - 1, step: 1, id: "lab-rate" });
  const output = element("output", { for: "lab-rate" });
  const write = (number: number) => {
    setText(output, formatNumber(number));
    slider.setAttribute("aria-valuetext", formatNumber(number));
  };
  let moving = false;
  slider.addEventListener("input", () => {
    moving = true;
    write(numberAt(rate, slider.valueAsNumber));
    if (live) changed(numberAt(rate, slider.valueAsNumber));
  });
  slider.addEventListener("change", () => {
    moving = false;
    if (!live) changed(numberAt(rate, slider.valueAsNumber));
  });
  const root = element(
    "div",
    { class: "lab-rate" },
    element("label", { for: "lab-rate" }, rate.label),
    slider,
    output,
    element("p", { class: "quiet" }, rate.says),
  );
  releaseAfterPointer(root);
  return {
    root,
    show(number: number) {
      if (moving) return; // somebody holds it
      slider.value = String(placeOf(rate, number));
      write(number);
    },
  };
}

function switchGroup({ legend, options }: Switches, changed: (name: string, on: boolean) => void) {
  const inputs = options.map(({ name }) => {
    const input = element("input", { type: "checkbox", name });
    input.addEventListener("change", () => changed(name, input.checked));
    return input;
  });
  const labels = options.map(({ label }, i) =>
    element("label", {}, inputs[i] as HTMLElement, element("span", {}, label)),
  );
  const root = element(
    "fieldset",
    { class: "choice inline" },
    element("legend", {}, legend),
    element("div", { class: "segments several" }, ...labels),
  );
  releaseAfterPointer(root);
  return {
    root,
    show(on: ReadonlySet<string>) {
      for (const input of inputs) input.checked = on.has(input.name);
    },
  };
}
