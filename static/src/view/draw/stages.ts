import { greyPixels, isCoarse, stagesOf } from "../../draw/answer-stages";
import type { Stage } from "../../draw/api";
import { type DrawActions, type DrawPanel, isPassing } from "../../draw/view";
import { element, setText } from "../element";
import { busyHeading } from "./panel";

interface Thumb {
  readonly root: HTMLElement;
  readonly button: HTMLButtonElement;
  show(stage: Stage, place: number): void;
}

/** The way from the picture as it came to 28x28: every stage small, one of them large. */
export function stagesPanel(host: HTMLElement, _actions: DrawActions): DrawPanel {
  const heading = busyHeading(element("span", {}, "From your picture to 28 by 28"), "of the picture before");
  const strip = element("ol", { class: "stage-strip" });
  const canvas = element("canvas", { role: "img" });
  const title = element("h3");
  const says = element("p");
  const size = element("p", { class: "quiet" });
  const large = element(
    "div",
    { class: "stage-large", id: "stage-large", hidden: true },
    canvas,
    element("div", {}, title, says, size),
  );
  let thumbs: Thumb[] = [];
  let stages: readonly Stage[] = [];
  /** By name, so that it stays open when another picture arrives. */
  let open: string | null = null;
  let focus = 0;
  host.classList.add("reasons");
  const none = element("p", { class: "quiet" }, "Once the pen rests, every stage is shown.");
  host.replaceChildren(heading.root, none, strip, large);

  function toggle(place: number): void {
    focus = place;
    const name = stages[place]?.name ?? null;
    open = name === open ? null : name;
    show();
  }

  function turn(place: number): void {
    const to = thumbs[place];
    if (!to) return;
    focus = place;
    if (open !== null) open = stages[place]?.name ?? null;
    show();
    to.button.focus();
  }

  strip.addEventListener("keydown", (event) => {
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: focus - 1,
      ArrowRight: focus + 1,
      Home: 0,
      End: thumbs.length - 1,
    };
    const to = moves[event.key];
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    turn(to);
  });

  function show(): void {
    const shown = stages.find(({ name }) => name === open);
    if (!thumbs[focus]) focus = 0;
    for (const [i, { button }] of thumbs.entries()) {
      button.tabIndex = i === focus ? 0 : -1;
      button.setAttribute("aria-expanded", String(shown !== undefined && shown === stages[i]));
    }
    large.hidden = !shown;
    if (!shown) return;
    drawStage(canvas, shown);
    canvas.setAttribute("aria-label", `${shown.title}: ${shown.width} by ${shown.height} pixels`);
    setText(title, shown.title);
    setText(says, shown.says);
    setText(size, `${shown.width} by ${shown.height} grey levels, 0 black and 255 white.`);
  }

  return {
    update(view) {
      const { prediction } = view;
      host.hidden = prediction === null;
      host.setAttribute("aria-busy", String(isPassing(view)));
      const now = prediction ? stagesOf(prediction, view.picked) : [];
      // While somebody draws the stages are not asked for: those of the picture before stay.
      if (now.length === 0 || now.every((stage, i) => stage === stages[i] && now.length === stages.length)) return;
      stages = now;
      none.hidden = true;
      if (thumbs.length !== now.length) {
        thumbs = now.map((_, i) => thumbOf(() => toggle(i)));
        strip.replaceChildren(...thumbs.map(({ root }) => root));
      }
      for (const [i, stage] of now.entries()) thumbs[i]?.show(stage, i);
      show();
    },
  };
}

function thumbOf(toggle: () => void): Thumb {
  const canvas = element("canvas", { "aria-hidden": "true" });
  const title = element("b");
  const says = element("span", { class: "quiet" });
  const button = element(
    "button",
    { type: "button", "aria-controls": "stage-large" },
    element("span", { class: "frame" }, canvas),
    title,
  );
  button.addEventListener("click", toggle);
  return {
    root: element("li", {}, button, says),
    button,
    show(stage, place) {
      drawStage(canvas, stage);
      setText(title, `${place + 1}. ${stage.title}`);
      setText(says, stage.says);
    },
  };
}

/** Draws its grey levels exactly as they are. */
function drawStage(canvas: HTMLCanvasElement, stage: Stage): void {
  const rgba = greyPixels(stage);
  canvas.width = stage.width;
  canvas.height = stage.height;
  canvas.classList.toggle("coarse", isCoarse(stage));
  if (rgba) canvas.getContext("2d")?.putImageData(new ImageData(rgba, stage.width, stage.height), 0, 0);
}
