import { formatNumber, parseNumber } from "../../format";
import { RATE_PLACES, rateAt, ratePlace } from "../../run/scales";
import { element, releaseAfterPointer } from "../element";

export interface RateField {
  readonly elements: readonly HTMLElement[];
  /** Shows a learning rate, unless somebody is changing it just now. */
  show(rate: number): void;
  disable(disabled: boolean): void;
}

interface RateOptions {
  readonly label: string;
  readonly maximum: number;
  changed(rate: number): void;
  complain(message: string): void;
}

/** A learning rate: a slider that goes by equal factors, and a field for any number. */
export function rateField({ label, maximum, changed, complain }: RateOptions): RateField {
  const slider = element("input", {
    ...{ type: "range", min: 0, max: RATE_PLACES - 1, step: 1, "aria-label": `${label}, slider` },
  });
  const field = element("input", {
    ...{ class: "rate", type: "text", inputmode: "decimal", autocomplete: "off", "aria-label": label },
  });
  let current = 0;
  let typing = false;
  let wrong = "";

  releaseAfterPointer(slider);
  slider.addEventListener("input", () => {
    current = rateAt(slider.valueAsNumber);
    typing = false;
    write();
    changed(current);
  });
  field.addEventListener("input", () => {
    typing = true;
    const rate = parseNumber(field.value);
    const good = rate !== null && rate >= 0 && rate <= maximum;
    field.setAttribute("aria-invalid", String(!good));
    wrong = good ? "" : `${label} is a number from 0 to ${formatNumber(maximum)}.`;
    complain(wrong);
    if (!good) return;
    current = rate;
    place();
    changed(rate);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === "Escape") field.blur();
  });
  field.addEventListener("blur", () => {
    typing = false;
    write();
    // What was refused does not stay where it stands; why, does.
    complain(wrong && `${wrong} It stays at ${formatNumber(current)}.`);
    wrong = "";
  });

  function write(): void {
    field.value = formatNumber(current);
    field.removeAttribute("aria-invalid");
  }
  function place(): void {
    slider.value = String(ratePlace(current));
    slider.setAttribute("aria-valuetext", formatNumber(current));
  }

  return {
    elements: [slider, field],
    show(rate) {
      if (typing || slider.matches(":active") || rate === current) return;
      current = rate;
      write();
      place();
    },
    disable(disabled) {
      slider.disabled = field.disabled = disabled;
    },
  };
}
