import { openLine } from "../../line";
import type { RunCard } from "../../protocol";

export interface RunsLine {
  /** Asks for the visitor's runs, now or once the connection stands; the connection is made with the first question. */
  ask(answered: (runs: readonly RunCard[]) => void): void;
}

/** A connection for nothing but the list of the visitor's runs. */
export function runsLine(): RunsLine {
  let line: ReturnType<typeof openLine> | null = null;
  let waiting: ((runs: readonly RunCard[]) => void) | null = null;

  const list = async () => {
    const answered = waiting;
    if (!answered || !line) return;
    try {
      const answer = await line.request({ type: "list_runs" });
      if (answer.type !== "runs" || waiting !== answered) return;
      waiting = null;
      answered(answer.runs);
    } catch {
      // Without a connection yet, or without it again: the next welcome asks.
    }
  };
  return {
    ask(answered) {
      waiting = answered;
      if (line) void list();
      else line = openLine({ welcome: () => void list() });
    },
  };
}
