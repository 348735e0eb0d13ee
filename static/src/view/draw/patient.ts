import type { Refusal } from "../../data/api";
import { Latest } from "../../draw/asking";
import { later } from "../page";
import { whenSeen } from "../seen";

/** A picture that may still be drawn on is not asked about before the pen has rested so long. */
const REST_MILLISECONDS = 300;
/** A server that is busy is asked again after as long as it says, and so many times. */
const TRIES = 4;

export interface Question<T> {
  /** The same for questions with the same answer. */
  readonly key: string;
  /** The word of the picture it is about. */
  readonly code: string;
  ask(): Promise<T>;
}

/** Why what is shown is not what is wanted. */
export type Wait = "drawing" | "other picture" | "computing";

/** What shows how a question stands. */
export interface Asker {
  /** An answer is to come; what is shown, if anything, is of the question before. */
  waiting(why: Wait): void;
  /** What is shown is the answer. */
  ready(): void;
  /** `again` asks once more. */
  refused(message: string, again: () => void): void;
  /** Nothing is asked. */
  clear(): void;
}

/** Asks the newest question only, once the panel is in sight and the pen rests; no answer to an older one is shown. */
export interface Patient<T> {
  /** null: nothing is asked any more. `drawing`: the picture is about to be another one. */
  want(question: Question<T> | null, drawing?: boolean): void;
}

export function patient<T>(root: HTMLElement, asker: Asker, show: (answer: T) => void): Patient<T> {
  const latest = new Latest<T>();
  let wanted: Question<T> | null = null;
  let shown: Question<T> | null = null;
  /** It waits for its moment; what was asked already does not. */
  let open = false;
  let lastCode = "";
  let seen = false;
  let moving = false;
  let tries = 0;
  let cancel = () => {};

  function go(): void {
    const question = wanted;
    if (!question || !open) return;
    cancel();
    asker.waiting(reasonFor(question));
    if (!seen || moving) return;
    cancel = later(question.code === lastCode ? 0 : REST_MILLISECONDS, () => ask(question));
  }

  function reasonFor({ code }: Question<T>): Wait {
    if (shown) return shown.code === code ? "computing" : "other picture";
    return moving ? "drawing" : "computing";
  }

  function ask(question: Question<T>): void {
    open = false;
    lastCode = question.code;
    tries++;
    latest.ask(() => question.ask(), {
      answered(answer) {
        shown = question;
        tries = 0;
        asker.ready();
        show(answer);
      },
      refused: (reason) => refused(question, reason),
    });
  }

  function refused(question: Question<T>, { code, message, seconds }: Refusal): void {
    if (code === "busy" && tries < TRIES) {
      cancel = later(1000 * seconds, () => ask(question));
      return;
    }
    // Asked again when the panel comes back into sight, too.
    open = true;
    shown = null;
    tries = 0;
    asker.refused(message, go);
  }

  whenSeen(root, (now) => {
    seen = now;
    go();
  });
  return {
    want(question, drawing = false) {
      const known = question?.key === wanted?.key;
      if (known && drawing === moving) return;
      moving = drawing;
      if (!known) {
        cancel();
        latest.drop();
        wanted = question;
        tries = 0;
        if (!question) shown = null;
        open = question !== null && question.key !== shown?.key;
        if (!question) asker.clear();
        else if (!open) asker.ready();
      }
      go();
    },
  };
}
