// The page of a lab: the only file that knows all of it. Puts the connection, the experiment and its pictures together.

import { type Request, ServerError } from "./connection";
import { commandOf, mayTake } from "./keys";
import { Experiment } from "./lab/experiment";
import { LAB_KEYS } from "./lab/keys";
import { compares, type LabPage, recipeOf } from "./lab/lab";
import { runStanding, type Standing } from "./lab/standing";
import { openLine } from "./line";
import type { RunView } from "./run/actions";
import { runIn } from "./run/address";
import { Book } from "./run/kept";
import { element, setText } from "./view/element";
import { helpDialog } from "./view/help";
import { accumulationPicture } from "./view/lab/accumulation";
import { type LabCommand, labControls } from "./view/lab/controls";
import { labCurves } from "./view/lab/curves";
import { fitPicture } from "./view/lab/fit";
import { labForm } from "./view/lab/form";
import { layersPicture } from "./view/lab/layers";
import { membersTable } from "./view/lab/members";
import { type RacePicture, surfaceRace } from "./view/lab/surface";
import { typeset } from "./view/math";
import { choose, segments } from "./view/segments";
import { showNotice, showStatus } from "./view/status";

const REMEMBERED = "gradwalk.lab.";

/** What optimizers race on. */
type Ground = "surface" | "digits";
const GROUNDS = [
  ["surface", "down a loss surface"],
  ["digits", "on handwritten digits"],
] as const;

startLab(JSON.parse(byId("known", HTMLScriptElement).textContent ?? ""));

function startLab({ lab, surfaces, accumulation }: LabPage): void {
  const book = new Book();
  const changed = oncePerFrame(show);
  const link = { request: (message: Request) => connection.request(message) };
  const memory = memoryOf(lab.id, () => !onSurface());
  const experiment = new Experiment({ lab, link, book, memory, changed });
  const { run } = experiment;

  // -- the page's parts -----------------------------------------------------------------------------------------------

  const notice = byId("notice", HTMLElement);
  const form = labForm(byId("form", HTMLElement), lab, !compares(lab), {
    change: (settings) => attempt(experiment.change(settings)),
    changeRate: (rate) => attempt(experiment.changeRate(rate)),
  });
  const controls = labControls(byId("controls", HTMLElement), {
    obey,
    speed(speed) {
      if (onSurface()) (race as RacePicture).speed = speed;
      else attempt(experiment.changeSpeed(speed));
    },
  });
  const [picture, charts, table] = [
    byId("picture", HTMLElement),
    byId("charts", HTMLElement),
    byId("members", HTMLElement),
  ];
  const race = surfaces.length > 0 ? surfaceRace(picture, surfaces, link, changed) : null;
  const parts: { update(view: RunView | null): void }[] = [
    ...(compares(lab) ? [] : [fitPicture(picture)]),
    ...(lab.id === "depth" ? [layersPicture(picture)] : []),
    labCurves(charts, lab, (step) => run.pick(step)),
    membersTable(table, compares(lab), () => attempt(experiment.leave())),
  ];
  if (accumulation) accumulationPicture(picture, accumulation);
  for (const formula of document.querySelectorAll<HTMLElement>("[data-formula]")) {
    typeset(formula, formula.dataset.formula ?? "");
  }
  const help = byId("help", HTMLDialogElement);
  helpDialog(help, LAB_KEYS);

  // -- where a race takes place: an address with a run in it is a race on digits ---------------------------------------

  let ground: Ground = race && runIn(new URL(location.href)) === null ? "surface" : "digits";
  const onSurface = () => race !== null && ground === "surface";
  if (race) {
    const host = byId("ground", HTMLElement);
    const choice = segments<Ground>("ground", "Race", GROUNDS, turnTo);
    choose(choice, ground);
    host.append(choice);
    host.hidden = false;
  }

  function turnTo(next: Ground): void {
    ground = next;
    keepInAddress(onSurface() ? null : run.id);
    if (onSurface()) attempt(experiment.leave());
    else attempt(experiment.comeBack().then(() => keepInAddress(onSurface() ? null : run.id)));
    changed();
  }

  // -- the line to the server -----------------------------------------------------------------------------------------

  const connection = openLine({
    status: (status) => showStatus(byId("connection", HTMLElement), status),
    welcome() {
      attempt(experiment.comeBack(!onSurface()));
      race?.again();
    },
    run: (state) => run.arrived(state),
    frame: (frame) => run.frame(frame),
    error(error) {
      showNotice(notice, error);
      if (error.answer.code === "unknown_run") run.leave(); // it was deleted, in another window perhaps
    },
  });
  window.addEventListener("online", () => connection.retry());
  changed();

  function show(): void {
    const { view } = run;
    const { settings, speed } = experiment;
    race?.update(lab, settings);
    const now = standing();
    form.update(settings, !onSurface());
    controls.update(now, race && onSurface() ? race.speed : speed);
    for (const part of parts) part.update(view);
    if (race) picture.hidden = !onSurface();
    if (onSurface()) charts.hidden = table.hidden = true;
    setText(byId("says", HTMLElement), now.says);
    const notes = onSurface() ? [] : (view?.state.notes ?? []);
    byId("notes", HTMLElement).replaceChildren(...notes.map((note) => element("p", { class: "note" }, note)));
  }

  function standing(): Standing {
    if (race && onSurface()) return race.standing;
    return runStanding(lab, run.view, recipeOf(lab, experiment.settings) !== null);
  }

  // -- what may be done -----------------------------------------------------------------------------------------------

  function obey(command: LabCommand): void {
    if (command === "help") help.showModal();
    else if (race && onSurface()) race.obey(command);
    else attempt(Promise.resolve(commands[command]()));
  }

  const commands: Readonly<Record<Exclude<LabCommand, "help">, () => unknown>> = {
    run() {
      const { main, mayRun, running } = standing();
      if (main === "Back to now") return run.pick(null);
      return mayRun && experiment.control(running ? "pause" : "start");
    },
    forward() {
      if (run.view && run.view.picked !== null) return run.move(1);
      return standing().mayStep && experiment.control("step");
    },
    back: () => run.move(-1),
    first: () => run.pick(1),
    now: () => run.pick(null),
    reset: () => experiment.control("reset"),
  };

  document.addEventListener("keydown", (event) => {
    const command = commandOf(event, LAB_KEYS);
    if (!command || !(event.target instanceof Element) || !mayTake(event, event.target)) return;
    event.preventDefault();
    obey(command);
  });

  /** What the server refuses is told; a dropped line is told elsewhere. */
  function attempt(asked: Promise<unknown>): void {
    asked.catch((reason: unknown) => {
      if (reason instanceof ServerError) showNotice(notice, reason);
    });
  }
}

/** The lab's run: the one in the address, else the one this browser had here last. `shown`: whether it is looked at. */
function memoryOf(lab: string, shown: () => boolean) {
  const key = REMEMBERED + lab;
  return {
    read() {
      const named = runIn(new URL(location.href));
      try {
        return named ?? localStorage.getItem(key);
      } catch {
        return named; // a private window
      }
    },
    write(run: string | null) {
      if (shown()) keepInAddress(run);
      try {
        if (run === null) localStorage.removeItem(key);
        else localStorage.setItem(key, run);
      } catch {
        // then it lasts as long as the address
      }
    },
  };
}

function keepInAddress(run: string | null): void {
  const address = new URL(location.href);
  if (run === null) address.searchParams.delete("run");
  else address.searchParams.set("run", run);
  history.replaceState(null, "", address);
}

/** However often it is asked for in a frame, it is done once. */
function oncePerFrame(draw: () => void): () => void {
  let due = false;
  return () => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => {
      due = false;
      draw();
    });
  };
}

function byId<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no ${kind.name} #${id}.`);
  return found;
}
