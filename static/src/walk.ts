// One learner's walk: the place (scene, source, values, choices, position), the look (level, selection), and what may be
// done. Everything that changes what is on screen goes through here; nothing here draws.

import type { Answer, Request } from "./connection";
import { largestElement, madeBy } from "./elements";
import type { Focus, Place } from "./permalink";
import { Playback, type Schedule } from "./playback";
import {
  advance,
  atStep,
  canAdvance,
  canOpen,
  coarser,
  end,
  finer,
  lastTrainingStep,
  levelsOf,
  nextTrainingStep,
  partsOf,
  playInterval,
} from "./player";
import type { Numbers, Position, Proved } from "./protocol";
import { runOf } from "./run/address";
import { type Actions, clampStep, type Level, type Look, type Matrix, type Scene, type View, viewAt } from "./state";
import { Turning } from "./turning";

/** The way to the server. */
export interface Link {
  readonly generation: number;
  request(message: Request): Promise<Answer>;
}

/** Who shows the walk. */
export interface Viewer {
  /** Something on screen is to change. */
  changed(): void;
  /** Where the learner wanted to go, nobody can. */
  refused(error: unknown): void;
  /** The walk goes on at another page. */
  leave(address: string): void;
}

export class Walk implements Actions {
  scene: Scene | null = null;
  #place: Place;
  #look: Look;
  #largestFirst: boolean;
  readonly #turning: Turning;
  readonly #playback: Playback;
  #pending = new Map<string, Matrix>();
  #sending: Promise<void> | null = null;

  constructor(
    place: Place,
    private readonly link: Link,
    schedule: Schedule,
    private readonly viewer: Viewer,
  ) {
    const { level, ...there } = place;
    this.#place = there;
    this.#look = { position: place.position, level: level ?? usual(place.position), selected: null, opened: null };
    this.#largestFirst = place.position.largest_first;
    this.#turning = new Turning(
      (step) => this.#open({ choices: { step: String(step) } }, this.#look.position),
      (error) => {
        this.pause();
        this.viewer.refused(error);
      },
    );
    this.#playback = new Playback(schedule, {
      interval: (speed) => playInterval(this.#look.level, speed),
      atEnd: () => this.scene !== null && !canAdvance(this.scene, this.#look, 1),
      rewind: () => this.toEnd(-1),
      step: () => {
        if (this.awaited === null) this.step(1);
      },
      changed: () => this.viewer.changed(),
    });
  }

  /** Where the learner is; what the address of this step holds. */
  get place(): Place {
    const { position, level } = this.#look;
    return { ...this.#place, position, ...(level === usual(position) ? {} : { level }) };
  }

  /** The training step that is on its way; null: none. */
  get awaited(): number | null {
    return this.#turning.wanted;
  }

  get view(): View | null {
    return this.scene && viewAt(this.scene, this.#look);
  }

  /** The request that brings a fresh session here. */
  resume(): Request {
    const { scene, source, values, choices, position } = this.place;
    return { type: "open", scene, source, values: { ...values }, choices: { ...choices }, position };
  }

  /** Where an address led could not be opened: back to the scene as it is by itself. */
  startAfresh(): void {
    const { scene } = this.#place;
    this.#place = { scene, source: null, values: {}, choices: {}, position: atStep(0) };
    this.#look = { ...this.#look, position: atStep(0), level: "wire" };
    this.link.request(this.resume()).catch(() => {});
  }

  /** A scene has arrived: the first one, one with other values, or another one. */
  arrived(scene: Scene): void {
    const { position, selected } = this.#lookAt(scene);
    const step = clampStep(scene, position.step);
    const same = scene.id === this.scene?.id && scene.graph.key === this.scene.graph.key;
    this.scene = scene;
    this.#look = {
      ...this.#look,
      position: { ...position, step },
      level: levelsOf(scene).includes(this.#look.level) ? this.#look.level : usual(position),
      selected: same ? selected : null,
      opened: null,
    };
    if (position.element) this.#askElement(position.element);
    this.viewer.changed();
  }

  /** The look at a scene that has just arrived: where somebody was sent to the gradient of a node, there. */
  #lookAt(scene: Scene): Look {
    const { focus, ...place } = this.#place;
    this.#place = place;
    const position = focus && positionOf(scene, focus);
    if (position) this.#look = { ...this.#look, position, level: usual(position) };
    return this.#look;
  }

  // -- walking ------------------------------------------------------------------------------------------------------

  step(direction: 1 | -1, level = this.#look.level): void {
    if (!this.scene) return;
    const { training } = this.scene;
    if (level === "training" && training) {
      // While one is under way, the next press counts from there.
      const next = nextTrainingStep({ ...training, step: this.awaited ?? training.step }, direction);
      if (next !== null) this.openTraining(next);
    } else this.#go(advance(this.scene, { ...this.#look, level }, direction));
  }

  toEnd(direction: 1 | -1): void {
    if (!this.scene) return;
    const { training } = this.scene;
    if (this.#look.level === "training" && training) {
      this.openTraining(direction < 0 ? 1 : lastTrainingStep(training));
    } else this.#go(end(this.scene, this.#look, direction));
  }

  seek(step: number, term = 0): void {
    if (!this.scene) return;
    const { position } = this.#look;
    const stays = clampStep(this.scene, step) === position.step && position.element !== null;
    this.#go(stays ? { ...position, term } : atStep(clampStep(this.scene, step)));
  }

  /** One level finer; from wires into one element. */
  into(): void {
    const { scene } = this;
    if (this.#look.level === "wire") this.openElement();
    else if (scene) this.setLevel(finer(scene, this.#look.level));
  }

  /** One level coarser; from a training step to its run. */
  out(): void {
    const { scene } = this;
    const { level, position } = this.#look;
    if (level === "term" && position.element) this.closeElement();
    else if (level === "training" && scene?.training) this.viewer.leave(runOf(scene.training));
    else if (scene?.origin && coarser(scene, level) === level) this.viewer.leave(scene.origin.address);
    else if (scene) this.setLevel(coarser(scene, level));
  }

  setLevel(level: Level): void {
    if (level === "term" && !this.#look.position.element) this.openElement();
    else this.#set({ level });
  }

  openElement(element?: readonly number[]): void {
    const { scene, view } = this;
    if (!scene || !view?.step || !canOpen(view.step)) return;
    const opened = [...(element ?? largestElement(scene, madeBy(view.step)))];
    this.pause();
    const position = { ...this.#look.position, element: opened, term: 0, largest_first: this.#largestFirst };
    this.#set({ level: "term", opened: null, position });
    this.#askElement(opened);
  }

  closeElement(): void {
    this.#set({ level: "wire", opened: null, position: atStep(this.#look.position.step) });
    this.#tell();
  }

  sortTerms(largestFirst: boolean): void {
    this.#largestFirst = largestFirst;
    this.#go({ ...this.#look.position, largest_first: largestFirst });
  }

  select(selected: number | null): void {
    this.#set({ selected });
  }

  // -- playing ------------------------------------------------------------------------------------------------------

  get playing(): boolean {
    return this.#playback.playing;
  }

  get speed(): number {
    return this.#playback.speed;
  }

  play(): void {
    if (this.scene) this.#playback.play();
  }

  pause(): void {
    this.#playback.pause();
  }

  faster(): void {
    this.#playback.faster();
  }

  // -- asking the server --------------------------------------------------------------------------------------------

  async setValue(name: string, value: Matrix): Promise<void> {
    this.#place = { ...this.#place, values: { ...this.#place.values, [name]: value } };
    this.#pending.set(name, value);
    // While one change is under way, dragging makes many more: only the last of each leaf is sent then.
    this.#sending ??= this.#sendValues().finally(() => {
      this.#sending = null;
    });
    await this.#sending;
  }

  /** Another training step of the same run, at the same position. */
  openTraining(step: number): void {
    this.#turning.to(step).then(() => this.viewer.changed());
    this.viewer.changed();
  }

  async open(change: Change): Promise<void> {
    this.pause();
    await this.#open(change, atStep(change.source === undefined ? this.#look.position.step : 0));
  }

  async #open(change: Change, position: Position): Promise<void> {
    const other = change.scene !== undefined && change.scene !== this.#place.scene;
    const before: Place = other
      ? { scene: change.scene ?? "", source: null, values: {}, choices: {}, position: atStep(0) }
      : { ...this.#place, position };
    const next: Place = {
      ...before,
      source: change.source ?? before.source,
      choices: { ...before.choices, ...change.choices },
    };
    const { scene, source, values, choices } = next;
    const look = this.#look;
    const closes = next.position.element === null && look.level === "term";
    // Set before the answer, because the scene arrives before the promise resolves.
    this.#look = { ...look, position: next.position, opened: null, level: closes ? "wire" : look.level };
    try {
      await this.link.request({
        type: "open",
        scene,
        source,
        values: { ...values },
        choices: { ...choices },
        position: next.position,
      });
      this.#place = next;
      this.viewer.changed();
    } catch (error) {
      this.#set(look);
      throw error;
    }
  }

  async prove(): Promise<Proved> {
    return (await this.link.request({ type: "prove", generation: this.link.generation })) as Proved;
  }

  async window(ref: number, rows: readonly [number, number], columns: readonly [number, number]): Promise<Numbers> {
    const { generation } = this.link;
    const part = { rows: [...rows] as [number, number], columns: [...columns] as [number, number] };
    return (await this.link.request({ type: "window", generation, ref, ...part })) as Numbers;
  }

  async #sendValues(): Promise<void> {
    for (let next = first(this.#pending); next; next = first(this.#pending)) {
      const [name, value] = next;
      this.#pending.delete(name);
      await this.link.request({ type: "set_value", generation: this.link.generation, name, value });
    }
  }

  #askElement(element: readonly number[]): void {
    const { generation } = this.link;
    const step = this.#look.position.step - 1;
    if (step < 0) return;
    this.link.request({ type: "into", generation, step, element: [...element] }).then(
      (opened) => {
        const { position } = this.#look;
        const wanted = position.step === step + 1 && String(position.element) === String(element);
        if (opened.type !== "terms" && opened.type !== "lines") return;
        if (opened.generation !== this.scene?.generation || !wanted) return;
        this.#set({ opened, position: { ...position, term: Math.min(position.term, partsOf(opened)) } });
        this.#tell();
      },
      // What cannot be opened closes again; the step itself stands as it stood.
      () => String(this.#look.position.element) === String(element) && this.closeElement(),
    );
  }

  // -- moving -------------------------------------------------------------------------------------------------------

  #go(position: Position): void {
    if (samePosition(position, this.#look.position)) return;
    const closes = position.element === null && this.#look.level === "term";
    const opened = position.element === null ? { opened: null } : {};
    this.#set({ position, ...opened, ...(closes ? { level: "wire" } : {}) });
    this.#tell();
  }

  #set(change: Partial<Look>): void {
    this.#look = { ...this.#look, ...change };
    this.viewer.changed();
  }

  /** Lets the server know the position; nobody waits for its answer, and a stale one does no harm. */
  #tell(): void {
    const { generation } = this.link;
    this.link.request({ type: "seek", generation, position: this.#look.position }).catch(() => {});
  }
}

/** What another scene, or the same one otherwise, differs in. */
interface Change {
  scene?: string;
  source?: string;
  choices?: Readonly<Record<string, string>>;
}

/** Where the last contribution to a node arrives, its element opened; null: the scene has none such. */
function positionOf({ steps, nodes }: Scene, { node, element }: Focus): Position | null {
  const last = steps.findLastIndex(
    ({ kind, target }) => kind === "contribution" && nodes.get(target ?? -1)?.name === node,
  );
  return last < 0 ? null : { ...atStep(last + 1), element: element && [...element] };
}

/** The level that a position alone tells. */
function usual(position: Position): Level {
  return position.element ? "term" : "wire";
}

function samePosition(a: Position, b: Position): boolean {
  const alike = a.step === b.step && a.term === b.term && a.largest_first === b.largest_first;
  return alike && String(a.element) === String(b.element);
}

function first<K, V>(map: ReadonlyMap<K, V>): [K, V] | undefined {
  return map.entries().next().value;
}
