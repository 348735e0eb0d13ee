// The scenes of the recorded conversation, and the actions of somebody who only takes notes.
import { Assembly } from "../../static/src/assembly";
import { decodeAnswer, decodeFrame, tensorOf } from "../../static/src/codec";
import { atStep } from "../../static/src/player";
import type { Numbers, Proved } from "../../static/src/protocol";
import { type Actions, type Look, type Scene, type View, viewAt } from "../../static/src/state";
import conversation from "../conversation.json";

type Entry = { browser: string } | { server: unknown } | { server_binary: string };

/** The first recorded scene of a name. */
export function recorded(id: string): Scene {
  const assembly = new Assembly();
  for (const entry of conversation as Entry[]) {
    const scene = take(assembly, entry);
    if (scene?.id === id) return scene;
  }
  throw new Error(`The recorded conversation has no scene ${id}.`);
}

function take(assembly: Assembly, entry: Entry): Scene | null {
  if ("server_binary" in entry) {
    const frame = decodeFrame(Uint8Array.from(Buffer.from(entry.server_binary, "base64")).buffer);
    return frame.type === "tensor" ? assembly.tensor(tensorOf(frame)) : null;
  }
  if (!("server" in entry)) return null;
  const answer = decodeAnswer(JSON.stringify(entry.server));
  if (answer.type === "opened") return assembly.opened(answer);
  return answer.type === "steps" ? assembly.steps(answer) : null;
}

/** What stands on screen after so many steps. */
export function standing(scene: Scene, step: number, look: Partial<Look> = {}): View {
  return viewAt(scene, {
    position: atStep(step),
    level: "wire",
    selected: null,
    opened: null,
    ...look,
  });
}

/** Actions that write down what they were asked; `answers` replaces some of them. */
export function notedActions(answers: Partial<Actions> = {}): { actions: Actions; asked: unknown[][] } {
  const asked: unknown[][] = [];
  const noted = {
    setValue: async () => {},
    open: async () => {},
    openElement: () => {},
    closeElement: () => {},
    seek: () => {},
    sortTerms: () => {},
    setLevel: () => {},
    select: () => {},
    prove: async () => ({}) as Proved,
    window: async () => ({}) as Numbers,
    ...answers,
  };
  const actions = Object.fromEntries(
    Object.entries(noted).map(([name, answer]) => [
      name,
      (...given: never[]) => {
        asked.push([name, ...given]);
        return (answer as (...given: never[]) => unknown)(...given);
      },
    ]),
  ) as unknown as Actions;
  return { actions, asked };
}
