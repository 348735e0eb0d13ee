import type { Panel, Scene, View } from "../state";

/** A panel that may follow the picture by a moment: it is brought up to date once the picture has been painted. */
export function afterPaint(panel: Panel): Panel {
  let due: { scene: Scene; view: View } | null = null;
  return {
    update(scene, view) {
      if (!due) requestAnimationFrame(() => setTimeout(bring));
      due = { scene, view };
    },
  };

  function bring(): void {
    if (due) panel.update(due.scene, due.view);
    due = null;
  }
}
