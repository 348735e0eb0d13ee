// The training page: the only file that knows all of it. Puts the connection, the run, the form and what shows the run
// together.

import { type Request, ServerError } from "./connection";
import { commandOf, mayTake } from "./keys";
import { openLine } from "./line";
import { labAddress, recipeAddress, runIn, stepIn, trainAddress } from "./run/address";
import { Visits } from "./run/family";
import { Book } from "./run/kept";
import { RUN_KEYS } from "./run/keys";
import { Library } from "./run/library";
import { Planner } from "./run/planner";
import { isOver, planText } from "./run/progress";
import { type Choices, fieldOf, readRecipe } from "./run/recipe";
import { Run } from "./run/run";
import { element } from "./view/element";
import { helpDialog } from "./view/help";
import { addressKeeper, byId, later, oncePerFrame } from "./view/page";
import { showNotice, showStatus } from "./view/status";
import { builderView } from "./view/train/builder";
import { type ControlCommand, runControls } from "./view/train/controls";
import { curvesPanel } from "./view/train/curves";
import { batchPanel } from "./view/train/parts/batch";
import { comparePanel } from "./view/train/parts/compare";
import { layersPanel } from "./view/train/parts/layers";
import { mapsPanel } from "./view/train/parts/maps";
import { testSetPanel } from "./view/train/parts/test-set";
import { progressBar } from "./view/train/progress";
import { branchList, runsList } from "./view/train/runs";
import { runStatus } from "./view/train/status";
import { runSummary } from "./view/train/summary";
import { travelBar } from "./view/train/travel";
import { tuningPanel } from "./view/train/tuning";
import { explain } from "./view/words";

startTraining(JSON.parse(byId("choices", HTMLScriptElement).textContent ?? ""));

function startTraining(choices: Choices): void {
  const book = new Book();
  /** Somebody builds a new run while another one is watched. */
  let building = false;
  /** The step that the address picks, until its run has arrived. */
  let wantedStep = stepIn(here());
  let plan = "";

  const changed = oncePerFrame(show);
  const keepAddress = addressKeeper(() => {
    const { view } = run;
    // While another one is built, the address stays the run's, for it to be found again.
    if (run.id !== null && (building || !view)) return null;
    return view ? trainAddress(view.state.id, view.picked) : recipeAddress(builder.recipe, choices);
  });
  const link = { request: (message: Request) => connection.request(message) };
  const run = new Run({ link, book, go: (address) => location.assign(address), changed }, runIn(here()));
  const library: Library = new Library({
    book,
    list: () => run.list(),
    watched: () => run.id,
    visits() {
      // A line shows one run: the others are seen over another one.
      const visits: Visits = new Visits({ request: (message) => line.request(message) }, book, later, changed);
      const line = openLine({
        welcome: () => library.visitFamily(),
        run: (state) => visits.arrived(state),
        frame: (frame) => visits.frame(frame),
      });
      return visits;
    },
    later,
    changed,
  });

  // -- the page's parts -----------------------------------------------------------------------------------------------

  const notice = byId("notice", HTMLElement);
  const planner = new Planner(link, later, (planned, refusal) => {
    plan = planned ? planText(planned) : "";
    builder.plan(planned);
    complain(refusal);
    changed();
  });
  const builder = builderView(byId("builder", HTMLElement), choices, (recipe) => {
    planner.want(recipe);
    keepAddress();
  });
  const maximumRate = Math.max(...choices.optimizers.map(({ lr }) => lr.maximum));
  const back = byId("back-to-run", HTMLElement);
  const backButton = element("button", { type: "button", class: "plain-button" }, "Back to the run");
  back.append(backButton);
  backButton.addEventListener("click", () => build(false));
  const [summaryHost, networkHost] = [byId("summary", HTMLElement), byId("network", HTMLElement)];
  const compareHost = byId("compare", HTMLElement);
  const comparison = comparePanel(compareHost, run);
  const parts = [
    runSummary(summaryHost, networkHost, choices, () => build(true)),
    tuningPanel(byId("tuning", HTMLElement), run, maximumRate),
    runStatus(byId("status", HTMLElement), byId("spoken", HTMLElement), (step) => run.pick(step)),
    travelBar(byId("travel", HTMLElement), {
      ...{ actions: run, maximumRate },
      async compare() {
        const toComparison = () => compareHost.scrollIntoView({ block: "start" });
        toComparison();
        await comparison.ask();
        toComparison(); // what has come makes room for it to go further up
      },
    }),
    mapsPanel(byId("maps", HTMLElement), run),
    layersPanel(byId("layers", HTMLElement), run),
    batchPanel(byId("batch", HTMLElement), run),
    testSetPanel(byId("test-set", HTMLElement), run),
    comparison,
  ];
  const curves = curvesPanel(byId("curves", HTMLElement), (step) => run.pick(step));
  const branches = branchList(byId("branches", HTMLElement), turnTo);
  const runs = runsList(byId("runs", HTMLElement), {
    watch: turnTo,
    remove: (id) => run.delete(id).then(() => library.refresh()),
  });
  const controls = runControls(byId("controls", HTMLElement), obey);
  const progress = progressBar(byId("progress", HTMLElement), (step) => run.pick(step));
  const help = byId("help", HTMLDialogElement);
  helpDialog(help, RUN_KEYS);

  const connection = openLine({
    status: (status) => showStatus(byId("connection", HTMLElement), status),
    welcome() {
      void come(run.comeBack());
      planner.now();
    },
    run(state) {
      const before = book.get(state.id)?.state.status;
      run.arrived(state);
      if (before !== state.status) void library.refresh();
    },
    frame: (frame) => run.frame(frame),
    error: refused, // also what nobody asked for: the run was deleted, in another window perhaps
  });

  builder.show(readRecipe(here().searchParams, choices));
  planner.want(builder.recipe);
  changed();

  function show(): void {
    const { view } = run;
    const watched = building ? null : view;
    byId("training", HTMLElement).dataset.mode = building || run.id === null ? "build" : "run";
    back.hidden = !building;
    controls.update(watched, plan);
    progress.update(watched);
    branches.update(library.family(), run.id);
    if (library.runs) runs.update(library.runs, run.id);
    if (!watched) return;
    for (const part of parts) part.update(watched);
    curves.update(watched, library.place, library.relatives());
    keepAddress();
  }

  // -- which run ------------------------------------------------------------------------------------------------------

  function build(on: boolean): void {
    building = on;
    const recipe = run.view?.state.recipe;
    if (on && recipe?.kind === "network") {
      builder.show(recipe);
      planner.want(recipe);
    }
    changed();
  }

  function turnTo(id: string): void {
    building = false;
    wantedStep = null; // meant for another run
    history.pushState(null, "", trainAddress(id));
    void come(run.watch(id));
  }

  /** Shows a run that was asked for, and what there is besides it. */
  async function come(asked: Promise<void>): Promise<void> {
    await asked.then(arrive, refused);
    await library.refresh();
  }

  /** The run that the address names is here. */
  function arrive(): void {
    if (run.view && run.view.state.kind !== "network") {
      location.replace(labAddress(run.view.state.id));
      return;
    }
    if (wantedStep !== null && run.view) run.pick(wantedStep);
    wantedStep = null;
  }

  /** What was asked for cannot be had; a dropped line is told elsewhere. */
  function refused(reason: unknown): void {
    if (!(reason instanceof ServerError)) return;
    showNotice(notice, reason);
    if (reason.answer.code !== "unknown_run") return;
    run.leave();
    void library.refresh();
  }

  window.addEventListener("popstate", () => {
    const id = runIn(here());
    building = false;
    wantedStep = stepIn(here());
    if (id !== null) void come(run.watch(id));
    else {
      run.leave();
      builder.show(readRecipe(here().searchParams, choices));
      planner.want(builder.recipe);
    }
  });

  /** What is wrong with the recipe, beside the field that it is about. */
  function complain(refusal: ServerError | null): void {
    builder.complain(refusal && fieldOf(refusal.answer, builder.recipe, choices), refusal ? explain(refusal) : "");
  }

  // -- what may be done -----------------------------------------------------------------------------------------------

  /** The run that is being made: whoever presses twice meanwhile wants no second one. */
  let making: Promise<boolean> | null = null;

  /** Asks for training of the watched run; where there is none yet, of the one that the form describes. */
  async function train(action: "start" | "step" | "epoch"): Promise<void> {
    // Who presses Space to pause a run that has just ended wants nothing more of it.
    if (!building && run.view && isOver(run.view.state)) return;
    if (building || run.id === null) {
      making ??= make().finally(() => {
        making = null;
      });
      if (!(await making)) return;
    }
    await run.control(action);
  }

  /** Makes the run that the form describes; false: its recipe was refused. */
  async function make(): Promise<boolean> {
    try {
      await run.create(builder.recipe);
    } catch (reason) {
      if (!(reason instanceof ServerError)) throw reason;
      complain(reason);
      return false;
    }
    building = false;
    history.pushState(null, "", trainAddress(run.id ?? ""));
    return true;
  }

  /** What the watched run is doing must not go on while somebody walks through a step of it. */
  async function into(): Promise<void> {
    if (run.view?.state.status === "running" && run.view.picked === null) await run.control("pause");
    const { view } = run;
    const step = view?.picked ?? view?.state.step ?? 0;
    if (step > 0) run.openStep(step);
  }

  const commands: Readonly<Record<ControlCommand, () => unknown>> = {
    run: () => (!building && run.view?.state.status === "running" ? run.control("pause") : train("start")),
    forward: () => (past() ? run.move(1) : train("step")),
    "epoch-forward": () => (past() ? run.moveEpoch(1) : train("epoch")),
    back: () => run.move(-1),
    "epoch-back": () => run.moveEpoch(-1),
    first: () => run.pick(1),
    now: () => run.pick(null),
    into,
    stop: () => run.control("stop"),
    reset: () => run.control("reset"),
    help: () => help.showModal(),
  };

  function past(): boolean {
    return !building && run.view !== null && run.view.picked !== null;
  }

  function obey(command: ControlCommand): void {
    Promise.resolve(commands[command]()).catch(refused);
  }

  document.addEventListener("keydown", (event) => {
    const command = commandOf(event, RUN_KEYS);
    if (!command || !(event.target instanceof Element) || !mayTake(event, event.target)) return;
    event.preventDefault();
    obey(command);
  });
}

function here(): URL {
  return new URL(location.href);
}
