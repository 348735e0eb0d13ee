// The only file that knows everybody: puts the connection, the walk, the stage and the panels of the stepper together.

import { Connection, type ServerError, type Status } from "./connection";
import { type Command, commandOf, mayTake } from "./keys";
import { layouts } from "./layouts";
import { fromAddress, type Place, toAddress } from "./permalink";
import type { Panel } from "./state";
import { checksPanel } from "./view/checks";
import { choicesPanel } from "./view/choices";
import { controlsView } from "./view/controls";
import { editorPanel } from "./view/editor";
import { element } from "./view/element";
import { equationPanel } from "./view/equation";
import { helpDialog } from "./view/help";
import { inspectorPanel } from "./view/inspector";
import { leavesPanel } from "./view/leaves";
import { preloadMath } from "./view/math";
import { proofPanel } from "./view/proof";
import { sentencePanel } from "./view/sentence";
import { stageView } from "./view/stage";
import { showNotice, showStatus } from "./view/status";
import { sumPanel } from "./view/sum";
import { termsPanel } from "./view/terms";
import { themeToggle } from "./view/theme";
import { timelineView } from "./view/timeline";
import { Walk } from "./walk";

/** Browsers allow a page only so many changes of its address in a while. */
const ADDRESS_MILLISECONDS = 300;
const ZOOM_STEP = 1.3;

themeToggle(byId("theme", HTMLButtonElement));
const work = document.querySelector<HTMLElement>("[data-layout-worker]");
const place = fromAddress(new URL(location.href));
if (work && place) startStepper(work, place);

function startStepper(work: HTMLElement, place: Place): void {
  const notice = byId("notice", HTMLElement);
  const connection = new Connection({
    socket: () => new WebSocket(new URL("/ws", location.href.replace(/^http/, "ws"))),
    wait: (milliseconds, then) => void setTimeout(then, milliseconds),
    random: Math.random,
    resume: () => walk.resume(),
    status: (status: Status) => showStatus(byId("connection", HTMLElement), status),
    welcome: () => {},
    scene: (scene) => walk.arrived(scene),
    error: (error: ServerError) => {
      showNotice(notice, error);
      if (!walk.scene && error.answer.code !== "unknown_scene" && !afresh) walk.startAfresh();
      afresh = true;
    },
  });
  let afresh = false;
  const walk: Walk = new Walk(place, connection, schedule, changed);
  const reducedMotion = window.matchMedia("(prefers-reduced-motion: reduce)");

  const stage = stageView(byId("stage", HTMLElement), {
    actions: walk,
    layOut: layouts(new Worker(work.dataset.layoutWorker ?? "", { type: "module" })),
    reducedMotion: () => reducedMotion.matches,
  });
  const timeline = timelineView(byId("timeline", HTMLElement), (step) => {
    walk.pause();
    walk.seek(step);
  });
  const controls = controlsView(byId("controls", HTMLElement), (command) =>
    command === "speed" ? walk.faster() : obey(command),
  );
  const panels: readonly Panel[] = [
    sentencePanel(byId("say", HTMLElement)),
    equationPanel(byId("equation", HTMLElement)),
    termsPanel(byId("terms", HTMLElement), walk),
    sumPanel(byId("sum", HTMLElement), walk),
    choicesPanel(byId("choices", HTMLElement), walk),
    leavesPanel(byId("leaves", HTMLElement), walk),
    checksPanel(byId("checks", HTMLElement)),
    inspectorPanel(byId("inspector", HTMLElement), walk),
    proofPanel(byId("proof", HTMLElement), walk),
    editorPanel(byId("editor", HTMLElement), walk),
  ];
  preloadMath();
  const help = byId("help", HTMLDialogElement);
  helpDialog(help);

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
    controls.update(scene, view, walk);
    for (const panel of panels) panel.update(scene, view);
    byId("about", HTMLElement).classList.toggle("first", view.position.step === 0);
    keepAddress();
  }

  let addressDue = false;
  function keepAddress(): void {
    if (addressDue) return;
    addressDue = true;
    setTimeout(() => {
      addressDue = false;
      history.replaceState(null, "", toAddress(walk.place));
    }, ADDRESS_MILLISECONDS);
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
    const command = commandOf(event);
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
  const shareWords = share.innerHTML;
  share.addEventListener("click", async () => {
    await navigator.clipboard.writeText(new URL(toAddress(walk.place), location.href).href);
    share.textContent = "Copied";
    setTimeout(() => {
      share.innerHTML = shareWords;
    }, 1500);
  });
  window.addEventListener("online", () => connection.retry());
}

function schedule(milliseconds: number, then: () => void): () => void {
  const timer = setTimeout(then, milliseconds);
  return () => clearTimeout(timer);
}

function byId<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no ${kind.name} #${id}.`);
  return found;
}
