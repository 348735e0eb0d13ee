import { ServerError } from "../connection";
import { formatNumber, formatShape } from "../format";
import type { Error as Problem } from "../protocol";
import type { Tensor, Text, Value } from "../state";
import { element, setText } from "./element";
import { drawLasting, drawTensor } from "./heat";
import type { Role } from "./palette";

/** Shows a sentence, its names and numbers marked by their role. Nothing happens where it already stands there. */
export function showText(host: HTMLElement, text: Text): void {
  const plain = text.map(([, part]) => part).join("");
  const roles = text.map(([role]) => role).join();
  if (host.textContent === plain && host.dataset.roles === roles) return;
  host.dataset.roles = roles;
  host.replaceChildren(
    ...text.map(([role, part]) => (role === "plain" ? part : element("b", { class: `role-${role}` }, part))),
  );
}

/** A number, or how many numbers a tensor has, so that the shape (2) is not taken for the number 2. */
export function amount(value: Value): string {
  return typeof value === "number" ? formatNumber(value) : `${formatShape(value.shape)} numbers`;
}

/** The same with a small picture of the tensor. */
export function pictured(value: Value, role: Role, tensors: ReadonlyMap<number, Tensor>): HTMLElement {
  const shown = element("span", { class: `amount role-${role}` }, amount(value));
  const tensor = typeof value === "number" ? undefined : tensors.get(value.ref);
  if (tensor) {
    const canvas = element("canvas", { class: "heat small", "aria-hidden": "true" });
    drawLasting(canvas, () => drawTensor(canvas, tensor, role, tensor.largest));
    shown.prepend(canvas);
  }
  return shown;
}

/** A fact in a row: its name at the left, its number at the right. */
export function fact(name: string, value: Node | string, role?: "value" | "grad"): HTMLElement {
  return element(
    "div",
    { class: "fact" },
    element("dt", {}, name),
    element("dd", { class: role && `role-${role}` }, value),
  );
}

/** Shows a message in place, such as what is wrong with an input; an empty one hides its line. */
export function showMessage(host: HTMLElement, message: string): void {
  setText(host, message);
  host.hidden = message === "";
}

/** The server's account of what went wrong; null where it was something else, such as a lost connection. */
export function problemOf(reason: unknown): Problem | null {
  return reason instanceof ServerError ? reason.answer : null;
}

/** What went wrong, in a sentence for people. */
export function explain(reason: unknown): string {
  const problem = problemOf(reason);
  return problem ? refusalText(problem) : "That did not arrive. It is sent again once the connection is back.";
}

/** The same of what is asked for once, and not again by itself. */
export function explainOnce(reason: unknown): string {
  const problem = problemOf(reason);
  return problem ? refusalText(problem) : "That did not arrive. Try again once the connection is back.";
}

function refusalText(problem: Problem): string {
  return problem.expected ? `${problem.message}. Expected: ${problem.expected}.` : `${problem.message}.`;
}
