import { Latest } from "../../draw/asking";
import { later } from "../page";
import { whenSeen } from "../seen";

/** A picture that may still be drawn on is not asked about before the pen has rested so long. */
const REST_MILLISECONDS = 300;

export interface Question<T> {
  /** The same for questions with the same answer. */
  readonly key: string;
  /** The word of the picture it is about. */
  readonly code: string;
  ask(): Promise<T>;
}

interface Told<T> {
  /** An answer is on its way; what is shown is of the question before. */
  waiting(): void;
  answered(answer: T): void;
  refused(message: string): void;
}

/** Asks the newest question only, once the panel is in sight and the pen rests; no answer to an older one is told. */
export interface Patient<T> {
  /** null: nothing is asked any more. `drawing`: the picture is about to be another one. */
  want(question: Question<T> | null, drawing?: boolean): void;
}

export function patient<T>(root: HTMLElement, told: Told<T>): Patient<T> {
  const latest = new Latest<T>();
  let wanted: Question<T> | null = null;
  /** It waits for its moment; what was asked already does not. */
  let open = false;
  let lastCode = "";
  let seen = false;
  let moving = false;
  let cancel = () => {};

  function go(): void {
    cancel();
    if (!wanted || !open || !seen || moving) return;
    told.waiting();
    const question = wanted;
    cancel = later(question.code === lastCode ? 0 : REST_MILLISECONDS, () => {
      open = false;
      lastCode = question.code;
      latest.ask(() => question.ask(), { answered: told.answered, refused });
    });
  }

  /** What was refused is asked again when the panel comes back into sight. */
  function refused(message: string): void {
    open = true;
    told.refused(message);
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
        wanted = question;
        open = question !== null;
        latest.drop();
      }
      go();
    },
  };
}
