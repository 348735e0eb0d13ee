// Which of the pointers on the pad draws: one at a time, a pen before a hand. Pure.

/** What is known of a pointer. */
export interface Contact {
  readonly id: number;
  readonly type: string;
  /** As PointerEvent tells it: which button went down, and which are down, as bits. */
  readonly button: number;
  readonly buttons: number;
  /** Milliseconds. */
  readonly at: number;
}

/** For so long after a pen was seen a touch is the hand that holds it. */
export const PALM_MILLISECONDS = 800;
/** The bit of a pen's other end. */
const ERASER_BUTTON = 32;

/** What a touching down means: a stroke begins, perhaps in place of the one that is being drawn. */
export type Down = "begins" | "replaces" | "ignored";

/** Follows the pointers on one pad. */
export class Pointers {
  #drawing: Contact | null = null;
  #penSeen = Number.NEGATIVE_INFINITY;

  down(contact: Contact): Down {
    this.#see(contact);
    if (contact.button !== 0 && !isEraserEnd(contact)) return "ignored";
    if (this.#isPalm(contact)) return "ignored";
    // The hand may come down before the pen.
    const replaces = this.#drawing?.type === "touch" && contact.type === "pen";
    if (this.#drawing && !replaces) return "ignored";
    this.#drawing = contact;
    return replaces ? "replaces" : "begins";
  }

  /** Whether it is this pointer's movement that draws; seen even while it only hovers. */
  moves(contact: Contact): boolean {
    this.#see(contact);
    return this.#drawing?.id === contact.id;
  }

  /** Whether its stroke ends now. */
  ends({ id }: Pick<Contact, "id">): boolean {
    if (this.#drawing?.id !== id) return false;
    this.#drawing = null;
    return true;
  }

  #see({ type, at }: Contact): void {
    if (type === "pen") this.#penSeen = at;
  }

  #isPalm({ type, at }: Contact): boolean {
    return type === "touch" && at - this.#penSeen < PALM_MILLISECONDS;
  }
}

/** Whether a pen is held the other way round. */
export function isEraserEnd({ type, buttons }: Pick<Contact, "type" | "buttons">): boolean {
  return type === "pen" && (buttons & ERASER_BUTTON) !== 0;
}

/** How much wider or narrower a stroke is where the pointer presses: only a pen tells, and only gently. */
export function pressOf(type: string, pressure: number): number {
  return type === "pen" && pressure > 0 ? 0.7 + 0.6 * pressure : 1;
}
