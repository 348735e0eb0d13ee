// What lies on the page to be read: a drawing, or a picture that came as a file over it; and what was read last. Pure.

import type { Place } from "./address";
import type { Prediction } from "./api";
import { messageOf } from "./asking";
import { type Act, acted, type Drawing, isInked, redone, type Stroke, undone } from "./strokes";
import { type Later, Turns } from "./turns";
import { isFault, type Uploaded } from "./uploaded";
import type { DrawView } from "./view";

/** What a sheet needs of the world. */
export interface World {
  /** Reads a picture; rejects with Refusal. */
  predict(
    picture: Blob,
    networks: readonly string[],
    how: { readonly stages: boolean; readonly signal: AbortSignal },
  ): Promise<Prediction>;
  /** A drawing as an image file. */
  pictureOf(drawing: Drawing): Promise<Blob>;
  later: Later;
  changed(): void;
  /** Something went wrong; `again`: what may be tried once more. */
  trouble(words: string, again?: () => void): void;
  /** Reading has worked. */
  passed(): void;
  /** Something else is done than what went wrong. */
  over(): void;
}

interface Read {
  readonly answer: Prediction;
  /** The file that it is about; null: the drawing. */
  readonly file: Blob | null;
  readonly drawing: Drawing;
}

export class Sheet {
  #drawing: Drawing;
  #uploaded: Uploaded | null = null;
  #live: Stroke | null = null;
  #read: Read | null = null;
  #picked = 0;
  #asked: Pick<Place, "networks" | "lessons" | "rate">;
  readonly #turns: Turns<Read>;

  constructor(
    private readonly world: World,
    { networks, lessons, rate }: Place,
    drawing: Drawing,
  ) {
    this.#drawing = drawing;
    this.#asked = { networks, lessons, rate };
    const answered = (read: Read) => this.#answered(read);
    this.#turns = new Turns<Read>({ answered, refused: (reason) => this.#refused(reason) }, world.later);
  }

  get drawing(): Drawing {
    return this.#drawing;
  }

  /** Whether there is nothing to be seen, not even a stroke that is being drawn. */
  get isBlank(): boolean {
    return !this.#uploaded && !isInked(this.#withLive());
  }

  get uploaded(): Uploaded | null {
    return this.#uploaded;
  }

  /** Whether what was read is the file that is shown. */
  get isOfUpload(): boolean {
    return this.#uploaded !== null && this.#read?.file === this.#uploaded.file;
  }

  get view(): DrawView {
    return {
      prediction: this.#read?.answer ?? null,
      picked: this.#picked,
      reading: this.#turns.busy || this.#live !== null,
      outdated: this.#read !== null && !this.#isRead(this.#read),
      ...this.#asked,
    };
  }

  /** What the page's address holds; null: not settled yet. */
  get place(): Place | null {
    const { prediction } = this.view;
    return this.#turns.busy ? null : { picture: prediction?.digits[this.#picked]?.code ?? "", ...this.#asked };
  }

  /** A stroke as far as it is drawn is read, too; null: it came to nothing. */
  draws(stroke: Stroke | null): void {
    const turned = (this.#live === null) !== (stroke === null);
    this.#live = stroke;
    this.read();
    if (turned) this.world.changed();
  }

  act(act: Act): void {
    this.#live = null;
    this.#lay(acted(this.#drawing, act));
  }

  /** Takes the last act back; of a picture that came as a file, the picture. */
  undo(): void {
    this.#lay(this.#uploaded ? this.#drawing : undone(this.#drawing));
  }

  redo(): void {
    if (!this.#uploaded) this.#lay(redone(this.#drawing));
  }

  clear(): void {
    if (this.#uploaded) this.undo();
    else this.act({ kind: "clear" });
  }

  /** Lays a file over the drawing; the same again, once its pixels are known. */
  upload(uploaded: Uploaded): void {
    const before = this.#uploaded;
    if (uploaded.bitmap && before?.file !== uploaded.file) return; // another one has come meanwhile
    this.#uploaded = uploaded;
    if (before?.file !== uploaded.file) {
      this.world.over();
      this.#turns.drop();
      this.read();
    }
    this.world.changed();
  }

  pick(digit: number): void {
    this.#picked = digit;
    this.world.changed();
  }

  ask(networks: readonly string[]): void {
    this.#asked = { ...this.#asked, networks };
    this.world.over();
    this.read();
    this.world.changed();
  }

  teach(lessons: Place["lessons"], rate: number): void {
    this.#asked = { ...this.#asked, lessons, rate };
    this.world.changed();
  }

  /** Has read what lies there now. */
  read(): void {
    const file = this.#uploaded?.file ?? null;
    const drawing = this.#withLive();
    if (this.isBlank) {
      this.#turns.drop();
      this.#read = null;
      this.world.changed();
      return;
    }
    const { networks } = this.#asked;
    const passing = this.#live !== null;
    this.#turns.want(
      async (signal) => {
        const picture = file ?? (await this.world.pictureOf(drawing));
        return { answer: await this.world.predict(picture, networks, { stages: !passing, signal }), file, drawing };
      },
      { passing },
    );
  }

  /** Whether it is about what lies there now. */
  #isRead({ file, drawing }: Read): boolean {
    if (this.#uploaded) return file === this.#uploaded.file;
    return file === null && drawing === this.#drawing && this.#live === null;
  }

  #withLive(): Drawing {
    return this.#live ? acted(this.#drawing, this.#live) : this.#drawing;
  }

  /** Another drawing lies there. */
  #lay(drawing: Drawing): void {
    if (drawing === this.#drawing && !this.#uploaded) return;
    if (this.#uploaded) this.#turns.drop();
    this.#drawing = drawing;
    this.#uploaded = null;
    this.world.over();
    this.read();
    this.world.changed();
  }

  #answered(read: Read): void {
    const digits = this.#read?.answer.digits.length;
    if (read.file !== this.#read?.file || read.answer.digits.length !== digits) this.#picked = 0;
    this.#read = read;
    this.world.passed();
    this.world.changed();
  }

  #refused(reason: unknown): void {
    const [words, uploaded] = [messageOf(reason), this.#uploaded];
    if (uploaded && isFault(reason)) {
      this.#lay(this.#drawing); // what cannot be read is not shown
      this.world.trouble(`${uploaded.name}: ${words}`);
    } else this.world.trouble(words, () => this.read());
    this.world.changed();
  }
}
