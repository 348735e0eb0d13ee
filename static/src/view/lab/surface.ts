import { formatNumber } from "../../format";
import type { Lab, LossSurface, Settings } from "../../lab/lab";
import { type Standing, surfaceStanding } from "../../lab/standing";
import { type Point, type Raced, racedOf, racersOf, STEPS, surfaceRequest } from "../../lab/surface";
import type { Variation } from "../../protocol";
import type { Link } from "../../run/run";
import { FULL_SPEED } from "../../run/scales";
import { surfaceChart } from "../charts/surface";
import { swatch } from "../charts/swatch";
import { element, releaseAfterPointer, section, setText } from "../element";
import { segments } from "../segments";
import { explain, showMessage } from "../words";
import type { LabCommand } from "./controls";

/** Steps a second, to begin with. */
const SPEED = 30;
/** Height over width, from which on a surface is drawn beside its words and not above them. */
const TALL = 0.7;

export interface RacePicture {
  readonly standing: Standing;
  /** Steps a second that are wanted; 0: all at once. */
  speed: number;
  update(lab: Lab, settings: Settings): void;
  obey(command: Exclude<LabCommand, "help">): void;
  /** The server is there (again). */
  again(): void;
}

/** The race down a loss surface: which one, from where, step by step, and how it ended for each. */
export function surfaceRace(
  host: HTMLElement,
  surfaces: readonly LossSurface[],
  link: Link,
  changed: () => void,
): RacePicture {
  let surface = surfaces[0] as LossSurface;
  let start: Point = surface.start;
  let racers: readonly Variation[] = [];
  let raced: Raced | null = null;
  let asked = "";
  let asking = false;
  let step = 0;
  let playing = 0;
  let speed = SPEED;
  let racersNow: () => readonly Variation[] = () => [];

  const { root, body } = section("race", "Down a loss surface");
  const choice = segments(
    "surface",
    "Surface",
    surfaces.map(({ name, label }) => [name, label] as const),
    (name) => {
      surface = surfaces.find((one) => one.name === name) ?? surface;
      start = surface.start;
      raced = null;
      racers = racersNow();
      go(0);
      ask();
    },
  );
  const says = element("p", { class: "quiet" });
  const source = element("code");
  const picture = element("div");
  const chart = surfaceChart(picture, {
    label: "Loss over x and y",
    onStart(x, y) {
      start = [x, y];
      show();
      ask();
    },
  });
  const slider = element("input", { type: "range", min: 0, max: STEPS, step: 1, "aria-label": "Step of the race" });
  const endings = element("ul", { class: "endings" });
  const board = element("div", { class: "race-board" }, picture, endings);
  const problem = element("p", { class: "problem", role: "alert", hidden: true });
  body.append(
    element(
      "div",
      { class: "race-head" },
      choice,
      element("p", { class: "race-source" }, "L(x, y) = ", source),
      element("label", { class: "race-steps" }, element("span", {}, "Step"), slider),
    ),
    says,
    board,
    problem,
  );
  host.replaceChildren(root);

  /** While one race is under way the newest question waits: a drag makes many. */
  function ask(): void {
    const request = surfaceRequest(surface, start, racers);
    const key = JSON.stringify(request);
    if (asking || key === asked || racers.length === 0) return;
    asking = true;
    link
      .request(request)
      .then((answer) => {
        if (answer.type !== "surface_race") return;
        asked = key;
        raced = answer.surface === surface.name ? racedOf(answer) : raced;
        showMessage(problem, "");
        show();
      })
      .catch((reason: unknown) => {
        asked = key;
        showMessage(problem, explain(reason));
      })
      .finally(() => {
        asking = false;
        ask();
      });
  }

  function show(): void {
    setText(says, surface.says);
    setText(source, surface.source);
    slider.value = String(step);
    slider.setAttribute("aria-valuetext", `step ${step} of ${STEPS}`);
    if (!raced) return;
    const { grid, paths, minima } = raced;
    // Seen from above as it is: what is as high as wide leaves room beside it.
    board.classList.toggle("tall", grid.y[1] - grid.y[0] > TALL * (grid.x[1] - grid.x[0]));
    chart.update({ grid, paths, minima, start, step });
    // The room is there from the beginning: nothing jumps when the race is over.
    endings.classList.toggle("open", step < STEPS);
    const words = raced.endings.map(({ says }) => says).join("\n");
    if (endings.dataset.words === words) return;
    endings.dataset.words = words;
    endings.replaceChildren(
      ...raced.endings.map(({ label, says }, look) => {
        const rate = racers.find((racer) => racer.label === label)?.lr;
        const name = element("b", {}, label, rate == null ? "" : element("small", {}, ` lr ${formatNumber(rate)}`));
        return element("li", {}, swatch(look), element("span", {}, name, element("span", { class: "ending" }, says)));
      }),
    );
  }

  releaseAfterPointer(root);
  slider.addEventListener("input", () => go(slider.valueAsNumber));

  /** Stops at a step. */
  function go(to: number): void {
    cancelAnimationFrame(playing);
    playing = 0;
    step = Math.min(STEPS, Math.max(0, to));
    show();
    changed();
  }

  function run(): void {
    let [from, began] = [step >= STEPS ? 0 : step, performance.now()];
    let pace = speed;
    const advance = (now: number) => {
      if (pace !== speed) [from, began, pace] = [step, now, speed];
      const gone = pace === FULL_SPEED ? STEPS : Math.floor((Math.max(0, now - began) / 1000) * pace);
      step = Math.min(STEPS, from + gone);
      playing = step < STEPS ? requestAnimationFrame(advance) : 0;
      show();
      changed();
    };
    playing = requestAnimationFrame(advance);
    changed();
  }

  const commands: Readonly<Record<Exclude<LabCommand, "help">, () => void>> = {
    run: () => (playing ? go(step) : run()),
    forward: () => go(step + 1),
    back: () => go(step - 1),
    first: () => go(0),
    now: () => go(STEPS),
    reset: () => go(0),
  };

  return {
    get standing() {
      return surfaceStanding(step, STEPS, playing !== 0, racers.length);
    },
    get speed() {
      return speed;
    },
    set speed(wanted) {
      speed = wanted;
      changed();
    },
    update(lab, settings) {
      racersNow = () => racersOf(lab, settings, surface);
      racers = racersNow();
      show();
      ask();
    },
    obey: (command) => commands[command](),
    again() {
      asked = "";
      ask();
    },
  };
}
