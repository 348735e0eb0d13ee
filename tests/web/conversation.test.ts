// The recorded conversation, replayed on this end; the server's tests reproduce the same file.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Assembly } from "../../static/src/assembly";
import { decodeAnswer, decodeFrame, encodeRequest, tensorOf } from "../../static/src/codec";
import { atStep } from "../../static/src/player";
import type { BinaryFrame, ServerMessage } from "../../static/src/protocol";
import { Curves } from "../../static/src/run/curves";
import { type Scene, viewAt } from "../../static/src/state";

type Entry = { browser: string } | { server: unknown } | { server_binary: string };

const file = new URL("../conversation.json", import.meta.url);
const conversation: Entry[] = JSON.parse(readFileSync(file, "utf-8"));

function replay(): { scenes: Scene[]; answers: ServerMessage[]; frames: BinaryFrame[] } {
  const assembly = new Assembly();
  const scenes: Scene[] = [];
  const answers: ServerMessage[] = [];
  const frames: BinaryFrame[] = [];
  for (const entry of conversation) {
    let scene: Scene | null = null;
    if ("server" in entry) {
      const answer = decodeAnswer(JSON.stringify(entry.server));
      answers.push(answer);
      if (answer.type === "opened") scene = assembly.opened(answer);
      else if (answer.type === "steps") scene = assembly.steps(answer);
    } else if ("server_binary" in entry) {
      const frame = decodeFrame(Uint8Array.from(Buffer.from(entry.server_binary, "base64")).buffer);
      frames.push(frame);
      if (frame.type === "tensor") scene = assembly.tensor(tensorOf(frame));
    }
    if (scene) scenes.push(scene);
  }
  return { scenes, answers, frames };
}

function at(scene: Scene, step: number) {
  return viewAt(scene, { position: atStep(step), level: "wire", selected: null, opened: null });
}

describe("the recorded conversation", () => {
  const { scenes, answers, frames } = replay();

  it("opens four passes, one a generation", () => {
    expect(scenes.map((scene) => scene.generation)).toEqual([1, 2, 3, 4]);
    expect(scenes.map((scene) => scene.id)).toEqual(["expression", "expression", "broadcasting", "diamond"]);
  });

  it("keeps the structure when a leaf changes", () => {
    expect(scenes[1]?.graph.key).toBe(scenes[0]?.graph.key);
  });

  it("brings infinities and NaN intact", () => {
    const grads = [...(scenes[1]?.grads.values() ?? [])];
    expect(grads.some((grad) => grad === Number.POSITIVE_INFINITY || grad === Number.NEGATIVE_INFINITY)).toBe(true);
    expect(scenes[1]?.leaves.find((leaf) => leaf.name === "x")?.value).toBe(Number.POSITIVE_INFINITY);
  });

  it("knows only the leaves at position 0, and every final grad at the end", () => {
    for (const scene of scenes) {
      const start = at(scene, 0);
      const end = at(scene, scene.steps.length);
      for (const node of scene.graph.nodes) {
        expect(start.node(node.id).value === null).toBe(node.op !== null);
        expect(start.node(node.id).grad).toBe(null);
        expect(end.node(node.id).grad).toEqual(scene.grads.get(node.id) ?? null);
      }
    }
  });

  it("walks back by taking one from the position: every position looks the same both ways", () => {
    for (const scene of scenes) {
      const forth = scene.steps.map((_, i) => scene.graph.nodes.map((node) => at(scene, i).node(node.id)));
      const back = scene.steps.map((_, i) => i).reverse();
      for (const i of back) {
        expect(scene.graph.nodes.map((node) => at(scene, i).node(node.id))).toEqual(forth[i]);
      }
    }
  });

  it("answers what cannot be served in the one error shape", () => {
    const errors = answers.filter((answer) => answer.type === "error");
    expect(errors.map((error) => error.code)).toEqual(["stale", "bad_message", "expression", "limit", "unknown_run"]);
    expect(errors[2]?.suggestion).toBe("sigmoid");
    expect(errors[2]?.span).toEqual([0, 6]);
  });

  it("draws the curve of a run from what was sent of it, piece by piece", () => {
    const curves = new Curves();
    const steps = frames.flatMap((frame) => {
      if (frame.type !== "run_frame" || frame.run !== "run-000001") return [];
      for (const chunk of frame.series) curves.apply(chunk);
      return [frame.step];
    });
    expect(steps).toEqual([0, 1, 1, 2, 3]);
    expect([...curves.series("loss").x]).toEqual([1, 2, 3]);
    expect([...curves.series("loss").y].every((loss) => loss > 0)).toBe(true);
    expect([...curves.series("grad_norm.0").x]).toEqual([1, 2, 3]);
  });

  it("was spoken in words this end would use", () => {
    for (const entry of conversation) {
      if (!("browser" in entry) || !entry.browser.startsWith("{")) continue;
      const message = JSON.parse(entry.browser);
      expect(JSON.parse(encodeRequest(message))).toEqual(message);
    }
  });
});
