import type { DrawActions, DrawPanel } from "../../draw/view";

export function networksPanel(host: HTMLElement, _actions: DrawActions): DrawPanel {
  return {
    update(view) {
      host.hidden = view.prediction === null;
    },
  };
}
