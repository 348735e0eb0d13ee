import { niceStep, nudge } from "../numbers";
import type { Leaf } from "../protocol";
import type { Actions, Matrix, Panel, Scene } from "../state";
import { element, section } from "./element";
import { type MatrixField, matrixField } from "./matrix-field";
import { type NumberField, numberField } from "./number-field";
import { explain, showMessage } from "./words";

interface LeafRow {
  readonly root: HTMLElement;
  show(value: Matrix): void;
}

/** The values a learner may change: a slider and a field for a number, small grids of fields for matrices. */
export function leavesPanel(host: HTMLElement, actions: Actions): Panel {
  const { root, body } = section("leaves", "Values to change");
  host.append(root);
  const rows = new Map<string, LeafRow>();
  let key = "";

  return {
    update(scene: Scene) {
      // The rows stay as long as the leaves are the same ones, so that a drag survives its own answers.
      const wanted = JSON.stringify([scene.id, ...scene.leaves.map((leaf) => [leaf.name, sizeOf(leaf.value)])]);
      if (wanted !== key) {
        key = wanted;
        rows.clear();
        for (const leaf of scene.leaves) rows.set(leaf.name, leafRow(leaf, actions));
        body.replaceChildren(...[...rows.values()].map((row) => row.root));
        root.hidden = rows.size === 0;
      }
      for (const leaf of scene.leaves) rows.get(leaf.name)?.show(leaf.value);
    },
  };
}

function leafRow(leaf: Leaf, actions: Actions): LeafRow {
  const problem = element("p", { class: "problem", role: "alert", hidden: true });
  let pending = 0;
  const push = (value: Matrix) => {
    showMessage(problem, "");
    pending += 1;
    actions
      .setValue(leaf.name, value)
      .catch((reason) => showMessage(problem, explain(reason)))
      .finally(() => {
        pending -= 1;
      });
  };
  const complain = (message: string) => showMessage(problem, message);
  const step = niceStep(leaf.minimum, leaf.maximum);
  const name = element("span", { class: "leaf-name" }, leaf.name);
  const field =
    typeof leaf.value === "number"
      ? scalarField(leaf, step, push, complain)
      : asMatrixField(matrixField({ name: leaf.name, step, changed: push, complain }));
  const root = element("div", { class: `leaf ${typeof leaf.value === "number" ? "scalar" : "matrix"}` }, name);
  root.append(...field.elements, problem);
  return {
    root,
    // An answer to an older change must not pull the field back while a newer one is on its way.
    show: (value) => {
      if (pending === 0) field.show(value);
    },
  };
}

interface Field {
  readonly elements: readonly HTMLElement[];
  show(value: Matrix): void;
}

function scalarField(
  leaf: Leaf,
  step: number,
  push: (value: number) => void,
  complain: (message: string) => void,
): Field {
  const slider = element("input", {
    type: "range",
    min: leaf.minimum,
    max: leaf.maximum,
    step,
    "aria-label": `${leaf.name}, slider`,
  });
  const field: NumberField = numberField({
    label: leaf.name,
    step,
    changed(number) {
      slider.value = String(number);
      push(number);
    },
    complain,
  });
  slider.addEventListener("input", () => {
    const number = nudge(slider.valueAsNumber, step, 0);
    field.show(number);
    push(number);
  });
  slider.addEventListener("keydown", (event) => event.stopPropagation());
  return {
    elements: [slider, field.input],
    show(value) {
      if (typeof value !== "number") return;
      field.show(value);
      if (slider.matches(":active") || !Number.isFinite(value)) return;
      // The slider reaches further for a value beyond its end, but its ends stay put while it is dragged.
      // Setting what is set already would make the browser lay the panel out anew at every step.
      if (value < Number(slider.min)) slider.min = String(value);
      if (value > Number(slider.max)) slider.max = String(value);
      if (slider.value !== String(value)) slider.value = String(value);
    },
  };
}

function asMatrixField(field: MatrixField): Field {
  return { elements: [field.root], show: (value) => typeof value !== "number" && field.show(value) };
}

function sizeOf(value: Matrix): number[] {
  if (typeof value === "number") return [];
  return Array.isArray(value[0]) ? [value.length, value[0].length] : [value.length];
}
