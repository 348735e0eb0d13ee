// Takes a step every so often, until it is told to stop or there is none. The clock is handed in.

import { SPEEDS } from "./player";

/** Calls back after some milliseconds; the result cancels it. */
export type Schedule = (milliseconds: number, then: () => void) => () => void;

/** What is played. */
export interface Playable {
  /** Milliseconds from one step to the next at a speed. */
  interval(speed: number): number;
  atEnd(): boolean;
  rewind(): void;
  /** Takes a step; nothing happens while an earlier one is still under way. */
  step(): void;
  changed(): void;
}

export class Playback {
  playing = false;
  speed = 1;
  #cancel = () => {};

  constructor(
    private readonly schedule: Schedule,
    private readonly played: Playable,
  ) {}

  play(): void {
    if (this.played.atEnd()) this.played.rewind();
    this.playing = true;
    this.played.step();
    this.#wait();
  }

  pause(): void {
    this.#cancel();
    if (!this.playing) return;
    this.playing = false;
    this.played.changed();
  }

  /** The next speed; after the fastest the slowest. */
  faster(): void {
    this.speed = SPEEDS[(SPEEDS.indexOf(this.speed) + 1) % SPEEDS.length] ?? 1;
    if (this.playing) this.#wait();
    this.played.changed();
  }

  #wait(): void {
    this.#cancel();
    if (this.played.atEnd()) {
      this.pause();
      return;
    }
    this.#cancel = this.schedule(this.played.interval(this.speed), () => {
      this.played.step();
      this.#wait();
    });
  }
}
