import type { ServerError, Status } from "../connection";
import { element } from "./element";

const WORDS: Readonly<Record<Status, string>> = {
  connecting: "Connecting",
  open: "Connected",
  lost: "Connection lost, trying again",
  busy: "Gradwalk is full, trying again",
  outdated: "This page is out of date",
};

/** Shows how the connection is; nothing to see while it is well. */
export function showStatus(host: HTMLElement, status: Status): void {
  if (host.dataset.status === status) return;
  host.dataset.status = status;
  host.replaceChildren(element("i", {}), WORDS[status]);
  if (status === "outdated") {
    const reload = element("button", { type: "button" }, "Reload");
    reload.addEventListener("click", () => location.reload());
    host.append(reload);
  }
}

/** An error that belongs to no field, over the picture, until it is dismissed. */
export function showNotice(host: HTMLElement, { answer }: ServerError): void {
  const { message, given, expected } = answer;
  const close = element("button", { type: "button", class: "ghost" }, "Dismiss");
  close.addEventListener("click", () => {
    host.hidden = true;
  });
  const details = given ? [element("p", { class: "quiet" }, `Given: ${given}. Expected: ${expected}.`)] : [];
  host.replaceChildren(element("p", {}, message), ...details, close);
  host.hidden = false;
}
