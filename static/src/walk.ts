// One learner's walk: the place (scene, source, values, choices, position), the look (level, selection), and what may be
// done. Everything that changes what is on screen goes through here; nothing here draws.

import type { Request } from "./connection";
import { elementIndex } from "./heatmap";
import type { Place } from "./permalink";
import { regionOf } from "./picture";
import { advance, atStep, canOpen, coarser, end, finer, playInterval, SPEEDS } from "./player";
import type { Numbers, Position, Proved, ServerMessage } from "./protocol";
import { type Actions, clampStep, type Look, type Matrix, type Scene, type Value, type View, viewAt } from "./state";

/** The way to the server. */
export interface Link {
  readonly generation: number;
  request(message: Request): Promise<ServerMessage>;
}

/** Calls back after some milliseconds; the result cancels it. */
export type Schedule = (milliseconds: number, then: () => void) => () => void;

export class Walk implements Actions {
  scene: Scene | null = null;
  playing = false;
  speed = 1;
  #place: Place;
  #look: Look;
  #pending = new Map<string, Matrix>();
  #sending: Promise<void> | null = null;
  #cancelTick = () => {};

  constructor(
    place: Place,
    private readonly link: Link,
    private readonly schedule: Schedule,
    private readonly changed: () => void,
  ) {
    this.#place = place;
    const level = place.position.element ? "term" : "wire";
    this.#look = { position: place.position, level, selected: null, terms: null };
  }

  /** Where the learner is; what the address of this step holds. */
  get place(): Place {
    return { ...this.#place, position: this.#look.position };
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
    const { position, selected } = this.#look;
    const step = clampStep(scene, position.step);
    const same = scene.id === this.scene?.id && scene.graph.key === this.scene.graph.key;
    this.scene = scene;
    this.#look = {
      ...this.#look,
      position: { ...position, step },
      selected: same ? selected : null,
      terms: null,
    };
    if (position.element) this.#askTerms(position.element);
    this.changed();
  }

  // -- walking ------------------------------------------------------------------------------------------------------

  step(direction: 1 | -1, level = this.#look.level): void {
    if (this.scene) this.#go(advance(this.scene, { ...this.#look, level }, direction));
  }

  toEnd(direction: 1 | -1): void {
    if (this.scene) this.#go(end(this.scene, this.#look, direction));
  }

  seek(step: number, term = 0): void {
    if (!this.scene) return;
    const { position } = this.#look;
    const stays = clampStep(this.scene, step) === position.step && position.element !== null;
    this.#go(stays ? { ...position, term } : atStep(clampStep(this.scene, step)));
  }

  /** One level finer; from wires into the terms of one element. */
  into(): void {
    if (this.#look.level === "wire") this.openElement();
    else this.#set({ level: finer(this.#look.level) });
  }

  out(): void {
    if (this.#look.position.element) this.closeElement();
    else this.#set({ level: coarser(this.#look.level) });
  }

  openElement(element?: readonly number[]): void {
    const { scene, view } = this;
    if (!scene || !view || !canOpen(view.step)) return;
    const opened = [...(element ?? largestElement(scene, view.step?.contribution ?? view.step?.value ?? 0))];
    this.pause();
    this.#set({ level: "term", terms: null, position: { ...this.#look.position, element: opened, term: 0 } });
    this.#askTerms(opened);
  }

  closeElement(): void {
    this.#set({ level: "wire", terms: null, position: atStep(this.#look.position.step) });
    this.#tell();
  }

  select(selected: number | null): void {
    this.#set({ selected });
  }

  // -- playing ------------------------------------------------------------------------------------------------------

  play(): void {
    if (!this.scene) return;
    if (this.#atEnd()) this.toEnd(-1);
    this.playing = true;
    this.step(1);
    this.#tick();
  }

  pause(): void {
    this.#cancelTick();
    if (!this.playing) return;
    this.playing = false;
    this.changed();
  }

  /** The next speed; after the fastest the slowest. */
  faster(): void {
    this.speed = SPEEDS[(SPEEDS.indexOf(this.speed) + 1) % SPEEDS.length] ?? 1;
    if (this.playing) this.#tick();
    this.changed();
  }

  #tick(): void {
    this.#cancelTick();
    if (this.#atEnd()) {
      this.pause();
      return;
    }
    this.#cancelTick = this.schedule(playInterval(this.#look.level, this.speed), () => {
      this.step(1);
      this.#tick();
    });
  }

  #atEnd(): boolean {
    return this.scene !== null && samePosition(advance(this.scene, this.#look, 1), this.#look.position);
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

  async open(change: { scene?: string; source?: string; choices?: Readonly<Record<string, string>> }): Promise<void> {
    const other = change.scene !== undefined && change.scene !== this.#place.scene;
    const before: Place = other
      ? { scene: change.scene ?? "", source: null, values: {}, choices: {}, position: atStep(0) }
      : this.place;
    const next: Place = {
      ...before,
      source: change.source ?? before.source,
      choices: { ...before.choices, ...change.choices },
      position: atStep(change.source === undefined ? before.position.step : 0),
    };
    const { scene, source, values, choices, position } = next;
    this.pause();
    const look = this.#look;
    // Set before the answer, because the scene arrives before the promise resolves.
    this.#look = { ...look, position, terms: null, level: look.level === "term" ? "wire" : look.level };
    try {
      await this.link.request({
        type: "open",
        scene,
        source,
        values: { ...values },
        choices: { ...choices },
        position,
      });
      this.#place = next;
      this.changed();
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

  #askTerms(element: readonly number[]): void {
    const { generation } = this.link;
    const step = this.#look.position.step - 1;
    if (step < 0) return;
    this.link.request({ type: "into", generation, step, element: [...element] }).then(
      (answer) => {
        const { position } = this.#look;
        const wanted = position.step === step + 1 && String(position.element) === String(element);
        if (answer.type !== "terms" || answer.generation !== this.scene?.generation || !wanted) return;
        this.#set({ terms: answer, position: { ...position, term: Math.min(position.term, answer.terms.length) } });
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
    this.#set({ position, ...(closes ? { level: "wire" as const, terms: null } : {}) });
    this.#tell();
  }

  #set(change: Partial<Look>): void {
    this.#look = { ...this.#look, ...change };
    this.changed();
  }

  /** Lets the server know the position; nobody waits for its answer, and a stale one does no harm. */
  #tell(): void {
    const { generation } = this.link;
    this.link.request({ type: "seek", generation, position: this.#look.position }).catch(() => {});
  }
}

/** The element of largest magnitude, as far as the picture tells; the first one of its pixel. */
function largestElement(scene: Scene, value: Value): number[] {
  if (typeof value === "number") return [];
  const tensor = scene.tensors.get(value.ref);
  if (!tensor) return value.shape.map(() => 0);
  const { picture, picture_shape } = tensor;
  const largest = picture.reduce((best, x, i) => (Math.abs(x) > Math.abs(picture[best] ?? 0) ? i : best), 0);
  const [row, column] = [Math.floor(largest / picture_shape[1]), largest % picture_shape[1]];
  const { rows, columns } = regionOf(tensor, row, column);
  return elementIndex(tensor.shape, rows[0], columns[0]);
}

function samePosition(a: Position, b: Position): boolean {
  return a.step === b.step && a.term === b.term && String(a.element) === String(b.element);
}

function first<K, V>(map: ReadonlyMap<K, V>): [K, V] | undefined {
  return map.entries().next().value;
}
