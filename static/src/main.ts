// The only file that knows everybody: puts the connection, the walk, the stage and the panels of the stepper together.

import { ServerError } from "./connection";
import { type Command, commandOf, KEYS, mayTake } from "./keys";
import { layouts } from "./layouts";
import { openLine } from "./line";
import { fromAddress, type Place, toAddress } from "./permalink";
import type { Panel } from "./state";
import { afterPaint } from "./view/after-paint";
import { checksPanel } from "./view/checks";
import { choicesPanel } from "./view/choices";
import { controlsView } from "./view/controls";
import { crumbsView } from "./view/crumbs";
import { editorPanel } from "./view/editor";
import { element } from "./view/element";
import { equationPanel } from "./view/equation";
import { helpDialog } from "./view/help";
import { inspectorPanel } from "./view/inspector";
import { leavesPanel } from "./view/leaves";
import { preloadMath } from "./view/math";
import { addressKeeper, byId, later } from "./view/page";
import { proofPanel } from "./view/proof";
import { quantitiesPanel } from "./view/quantities";
import { sentencePanel } from "./view/sentence";
import { stageView } from "./view/stage";
import { showNotice, showStatus } from "./view/status";
import { sumPanel } from "./view/sum";
import { termsPanel } from "./view/terms";
import { themeToggle } from "./view/theme";
import { timelineView } from "./view/timeline";
import { trainingRail } from "./view/training-rail";
import { Walk } from "./walk";

const ZOOM_STEP = 1.3;

themeToggle(byId("theme", HTMLButtonElement));
const work = document.querySelector<HTMLElement>("[data-layout-worker]");
const place = fromAddress(new URL(location.href));
if (work && place) startStepper(work, place);

function startStepper(work: HTMLElement, place: Place): void {
  const notice = byId("notice", HTMLElement);
  const connection = openLine({
    resume: () => walk.resume(),
    status: (status) => showStatus(byId("connection", HTMLElement), status),
    scene: (scene) => walk.arrived(scene),
    error: (error) => {
      showNotice(notice, error);
      // A training step is nothing by itself: without its run there is nothing to begin afresh.
      const alone = error.answer.code !== "unknown_scene" && place.choices.run === undefined;
      if (!walk.scene && alone && !afresh) walk.startAfresh();
      afresh = true;
    },
  });
  let afresh = false;
  const walk: Walk = new Walk(place, connection, later, {
    changed,
    refused: (error) => error instanceof ServerError && showNotice(notice, error),
    leave: (address) => location.assign(address),
  });
  const keepAddress = addressKeeper(() => toAddress(walk.place));
  const reducedMotion = window.matchMedia("(prefers-reduced-motion: reduce)");

  const stage = stageView(byId("stage", HTMLElement), {
    actions: walk,
    layOut: layouts(() => new Worker(work.dataset.layoutWorker ?? "", { type: "module" })),
    reducedMotion: () => reducedMotion.matches,
  });
  const timeline = timelineView(byId("timeline", HTMLElement), (step) => {
    walk.pause();
    walk.seek(step);
  });
  const training = trainingRail(byId("timeline", HTMLElement), (step) => {
    walk.pause();
    walk.openTraining(step);
  });
  const controls = controlsView(byId("controls", HTMLElement), (command) =>
    command === "speed" ? walk.faster() : obey(command),
  );
  const panels: readonly Panel[] = [
    crumbsView(byId("crumbs", HTMLElement), walk),
    sentencePanel(byId("say", HTMLElement)),
    equationPanel(byId("equation", HTMLElement)),
    termsPanel(byId("terms", HTMLElement), walk),
    afterPaint(quantitiesPanel(byId("quantities", HTMLElement), walk)),
    sumPanel(byId("sum", HTMLElement), walk),
    choicesPanel(byId("choices", HTMLElement), walk),
    leavesPanel(byId("leaves", HTMLElement), walk),
    checksPanel(byId("checks", HTMLElement)),
    afterPaint(inspectorPanel(byId("inspector", HTMLElement), walk)),
    proofPanel(byId("proof", HTMLElement), walk),
    editorPanel(byId("editor", HTMLElement), walk),
  ];
  preloadMath();
  const help = byId("help", HTMLDialogElement);
  helpDialog(help, KEYS);

  let shown = { generation: -1, step: -1 };
  function changed(): void {
    const { scene, view } = walk;
    if (!scene || !view) return;
    // One step further or back was walked; anything else is a jump, where nothing travels.
    const walked = scene.generation === shown.generation && Math.abs(view.position.step - shown.step) === 1;
    if (scene.generation !== shown.generation) {
      byId("notes", HTMLElement).replaceChildren(...scene.notes.map((note) => element("p", { class: "note" }, note)));
    }
    shown = { generation: scene.generation, step: view.position.step };
    stage.update(scene, view, walked);
    timeline.update(scene, view);
    training.update(scene, view);
    controls.update(scene, view, walk);
    for (const panel of panels) panel.update(scene, view);
    byId("about", HTMLElement).classList.toggle("first", view.position.step === 0);
    keepAddress();
  }

  const commands: Readonly<Record<Command, () => void>> = {
    back: () => walk.step(-1),
    forward: () => walk.step(1),
    "phase-back": () => walk.step(-1, "phase"),
    "phase-forward": () => walk.step(1, "phase"),
    into: () => walk.into(),
    out: () => walk.out(),
    first: () => walk.toEnd(-1),
    last: () => walk.toEnd(1),
    play: () => (walk.playing ? walk.pause() : walk.play()),
    "zoom-in": () => stage.zoomBy(ZOOM_STEP),
    "zoom-out": () => stage.zoomBy(1 / ZOOM_STEP),
    fit: () => stage.fitAll(),
    help: () => help.showModal(),
  };
  function obey(command: Command): void {
    // Whoever steps by hand while it plays takes over.
    if (command !== "play" && /back|forward|first|last/.test(command)) walk.pause();
    commands[command]();
  }
  document.addEventListener("keydown", (event) => {
    const command = commandOf(event, KEYS);
    if (!command || !(event.target instanceof Element) || !mayTake(event, event.target)) return;
    event.preventDefault();
    obey(command);
  });
  for (const [id, command] of [
    ["zoom-in", "zoom-in"],
    ["zoom-out", "zoom-out"],
    ["fit", "fit"],
  ] as const) {
    byId(id, HTMLElement).addEventListener("click", () => obey(command));
  }
  const share = byId("share", HTMLButtonElement);
  const shareWords = [...share.childNodes];
  share.addEventListener("click", async () => {
    await navigator.clipboard.writeText(new URL(toAddress(walk.place), location.href).href);
    share.textContent = "Copied";
    setTimeout(() => {
      share.replaceChildren(...shareWords);
    }, 1500);
  });
}
