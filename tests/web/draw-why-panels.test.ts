// @vitest-environment happy-dom
// When the panels of reasons ask, and how frames are played.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Refusal } from "../../static/src/data/api";
import { patient } from "../../static/src/view/draw/patient";
import { player } from "../../static/src/view/draw/player";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("questions", () => {
  let scroll: (seen: boolean) => void;
  beforeEach(() => {
    vi.stubGlobal(
      "IntersectionObserver",
      class {
        constructor(changed: (entries: { isIntersecting: boolean }[]) => void) {
          scroll = (isIntersecting) => changed([{ isIntersecting }]);
        }
        observe() {}
        disconnect() {}
      },
    );
  });

  function asking() {
    const told = { waiting: vi.fn(), answered: vi.fn(), refused: vi.fn() };
    const questions = patient<string>(document.createElement("div"), told);
    const ask = vi.fn(async (key: string) => key);
    return {
      told,
      ask,
      want: (code: string, of = "", drawing = false) =>
        questions.want({ key: code + of, code, ask: () => ask(code + of) }, drawing),
      stop: () => questions.want(null),
    };
  }

  test("wait until the panel is in sight and the pen rests, and then only the newest is asked", async () => {
    const { ask, told, want } = asking();
    want("a");
    await vi.advanceTimersByTimeAsync(1000);
    expect(ask).not.toHaveBeenCalled();
    scroll(true);
    await vi.advanceTimersByTimeAsync(200);
    want("b");
    await vi.advanceTimersByTimeAsync(299);
    expect(ask).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(ask.mock.calls).toEqual([["b"]]);
    expect(told.answered.mock.calls).toEqual([["b"]]);
    expect(told.waiting).toHaveBeenCalledTimes(2);
  });

  test("wait as long as the picture is being drawn", async () => {
    const { ask, want } = asking();
    scroll(true);
    want("a", "", true);
    await vi.advanceTimersByTimeAsync(1000);
    want("b", "", true);
    await vi.advanceTimersByTimeAsync(1000);
    expect(ask).not.toHaveBeenCalled();
    want("b");
    await vi.advanceTimersByTimeAsync(300);
    want("b", "", true);
    want("b");
    await vi.advanceTimersByTimeAsync(1000);
    expect(ask.mock.calls).toEqual([["b"]]);
  });

  test("of the same picture another one is asked at once, the same one not again", async () => {
    const { ask, want } = asking();
    scroll(true);
    want("a");
    await vi.advanceTimersByTimeAsync(300);
    want("a");
    want("a", "7");
    await vi.advanceTimersByTimeAsync(0);
    expect(ask.mock.calls).toEqual([["a"], ["a7"]]);
    scroll(false);
    scroll(true);
    await vi.advanceTimersByTimeAsync(1000);
    expect(ask.mock.calls).toEqual([["a"], ["a7"]]);
  });

  test("that were refused are asked again when the panel comes back into sight", async () => {
    const { ask, told, want } = asking();
    ask.mockRejectedValueOnce(new Refusal("busy", "Too much waits."));
    scroll(true);
    want("a");
    await vi.advanceTimersByTimeAsync(1000);
    expect(told.refused.mock.calls).toEqual([["Too much waits."]]);
    expect(ask).toHaveBeenCalledTimes(1);
    scroll(false);
    scroll(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(told.answered.mock.calls).toEqual([["a"]]);
  });

  test("that nobody has any more are not asked", async () => {
    const { ask, want, stop } = asking();
    scroll(true);
    want("a");
    stop();
    await vi.advanceTimersByTimeAsync(1000);
    expect(ask).not.toHaveBeenCalled();
  });
});

describe("frames", () => {
  function playing(reduced = false) {
    vi.stubGlobal("matchMedia", () => ({ matches: reduced }));
    const show = vi.fn();
    const { root, load } = player("Steps", show);
    load(3);
    const slider = root.querySelector("input") as HTMLInputElement;
    const press = (key: string) => slider.dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true }));
    return { root, show, slider, press, button: root.querySelector("button") as HTMLButtonElement };
  }

  test("begin at the end, and play from the start", async () => {
    const { show, button, press } = playing();
    expect(show.mock.calls).toEqual([[3]]);
    press(" ");
    expect(button.textContent).toBe("Pause");
    await vi.advanceTimersByTimeAsync(2000);
    expect(show.mock.calls.map(([frame]) => frame)).toEqual([3, 0, 1, 2, 3]);
    expect(button.textContent).toBe("Play");
  });

  test("stand still when paused, and go on from there", async () => {
    const { show, button } = playing();
    button.click();
    await vi.advanceTimersByTimeAsync(250);
    button.click();
    await vi.advanceTimersByTimeAsync(2000);
    expect(show.mock.lastCall).toEqual([1]);
    button.click();
    await vi.advanceTimersByTimeAsync(2000);
    expect(show.mock.lastCall).toEqual([3]);
  });

  test("do not move for those who want no motion", async () => {
    const { show, slider, button } = playing(true);
    slider.value = "0";
    button.click();
    await vi.advanceTimersByTimeAsync(2000);
    expect(show.mock.calls.map(([frame]) => frame)).toEqual([3, 3]);
  });
});
