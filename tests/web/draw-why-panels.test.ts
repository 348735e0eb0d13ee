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
    const asker = { waiting: vi.fn(), ready: vi.fn(), refused: vi.fn(), clear: vi.fn() };
    const show = vi.fn();
    const questions = patient<string>(document.createElement("div"), asker, show);
    const ask = vi.fn(async (key: string) => key);
    return {
      asker,
      show,
      ask,
      want: (code: string, of = "", drawing = false) =>
        questions.want({ key: code + of, code, ask: () => ask(code + of) }, drawing),
      stop: () => questions.want(null),
    };
  }

  test("wait until the panel is in sight and the pen rests, and then only the newest is asked", async () => {
    const { ask, show, want } = asking();
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
    expect(show.mock.calls).toEqual([["b"]]);
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
    const { ask, asker, show, want } = asking();
    ask.mockRejectedValueOnce(new Refusal("unreachable", "No answer."));
    scroll(true);
    want("a");
    await vi.advanceTimersByTimeAsync(1000);
    expect(asker.refused.mock.lastCall?.[0]).toBe("No answer.");
    expect(ask).toHaveBeenCalledTimes(1);
    scroll(false);
    scroll(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(show.mock.calls).toEqual([["a"]]);
  });

  test("that were refused are asked again when somebody says so", async () => {
    const { ask, asker, show, want } = asking();
    ask.mockRejectedValueOnce(new Refusal("unreachable", "No answer."));
    scroll(true);
    want("a");
    await vi.advanceTimersByTimeAsync(1000);
    asker.refused.mock.lastCall?.[1]();
    await vi.advanceTimersByTimeAsync(0);
    expect(show.mock.calls).toEqual([["a"]]);
  });

  test("of a busy server wait as long as it says, also while the panel goes out of sight, and are not asked for ever", async () => {
    const { ask, asker, show, want } = asking();
    ask.mockRejectedValueOnce(new Refusal("busy", "Too much waits.", 2));
    scroll(true);
    want("a");
    await vi.advanceTimersByTimeAsync(300);
    scroll(false);
    scroll(true);
    await vi.advanceTimersByTimeAsync(1999);
    expect(ask).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(show.mock.calls).toEqual([["a"]]);
    expect(asker.refused).not.toHaveBeenCalled();

    ask.mockRejectedValue(new Refusal("busy", "Too much waits.", 2));
    want("b");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ask).toHaveBeenCalledTimes(2 + 4);
    expect(asker.refused.mock.lastCall?.[0]).toBe("Too much waits.");
  });

  test("what is shown of another picture is said to be, while it is drawn and until it is answered", async () => {
    const { asker, want, stop } = asking();
    scroll(true);
    want("a", "", true);
    expect(asker.waiting.mock.lastCall).toEqual(["drawing"]);
    want("a");
    await vi.advanceTimersByTimeAsync(300);
    expect(asker.ready).toHaveBeenCalledTimes(1);
    want("b", "", true);
    expect(asker.waiting.mock.lastCall).toEqual(["other picture"]);
    want("a"); // taken back
    expect(asker.ready).toHaveBeenCalledTimes(2);
    want("a", "7");
    expect(asker.waiting.mock.lastCall).toEqual(["computing"]);
    stop();
    expect(asker.clear).toHaveBeenCalledOnce();
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
