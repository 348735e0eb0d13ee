// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { digitCaption } from "../../static/src/charts/pictures";
import { barsChart } from "../../static/src/view/charts/bars";
import { confusionMatrix } from "../../static/src/view/charts/confusion";
import { histogramChart } from "../../static/src/view/charts/histogram";
import { type LineData, lineChart } from "../../static/src/view/charts/line";
import { pictureGrid } from "../../static/src/view/charts/pictures";
import { surfaceChart } from "../../static/src/view/charts/surface";

let host: HTMLElement;
let width = 800;

beforeEach(() => {
  vi.useFakeTimers();
  width = 800;
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockImplementation(() => width);
  for (const token of ["--panel", "--loss"]) document.documentElement.style.setProperty(token, "#123456");
  host = document.createElement("div");
  document.body.replaceChildren(host);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const frame = () => vi.advanceTimersByTime(20);
const find = <E extends Element = HTMLElement>(selectors: string) => host.querySelector<E>(selectors) as E;
const press = (target: Element, key: string, rest: KeyboardEventInit = {}) =>
  target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...rest }));

describe("a line chart", () => {
  const data: LineData = {
    series: [
      { id: "a", label: "SGD", look: 0, ys: Float32Array.of(4, 3, 2, 1), first: 1 },
      { id: "b", label: "Adam", look: 1, ys: Float32Array.of(3, 2, Number.NaN), first: 1 },
    ],
  };
  const plot = () => find(".plot");
  const pointer = (type: string, x: number, rest: PointerEventInit = {}) => {
    plot().getBoundingClientRect = () => ({ left: 0, width: 680 }) as DOMRect;
    plot().setPointerCapture = () => {};
    plot().dispatchEvent(new PointerEvent(type, { clientX: x, pointerId: 1, pointerType: "mouse", ...rest }));
  };
  const drawn = (onPick?: (step: number) => void) => {
    const chart = lineChart(host, { label: "Loss", ...(onPick && { onPick }) });
    chart.update(data);
    frame();
    return chart;
  };

  it("is read by keyboard, and keeps its keys from the page", () => {
    const heard = vi.fn();
    document.body.addEventListener("keydown", heard);
    const picked = vi.fn();
    drawn(picked);
    press(plot(), "End");
    expect(find("[aria-live]").textContent).toBe("Step 4: SGD 1, Adam NaN at step 3");
    press(plot(), "ArrowLeft");
    press(plot(), "ArrowLeft");
    expect(find("[aria-live]").textContent).toBe("Step 2: SGD 3, Adam 2");
    expect(find(".chart-tip").textContent).toContain("step 2");
    press(plot(), "Enter");
    expect(picked).toHaveBeenCalledWith(2);
    expect(heard).not.toHaveBeenCalled();
    expect(press(plot(), "x")).toBe(true);
  });

  it("picks the nearest step by a click", () => {
    const picked = vi.fn();
    drawn(picked);
    const ticks = [...host.querySelectorAll<SVGElement>(".x-label")];
    const at = (label: string) => Number(ticks.find((tick) => tick.textContent === label)?.getAttribute("x"));
    pointer("pointermove", at("2") + 3);
    expect(find(".chart-tip").textContent).toContain("step 2");
    pointer("pointerdown", at("2") + 3);
    pointer("pointerup", at("2") + 3);
    expect(picked).toHaveBeenCalledWith(2);
  });

  it("zooms by a drag, and a double click shows the whole run without picking anything", () => {
    const picked = vi.fn();
    drawn(picked);
    const whole = () => find<HTMLButtonElement>(".whole");
    expect(whole().hidden).toBe(true);
    pointer("pointerdown", 100);
    pointer("pointermove", 300);
    pointer("pointerup", 300);
    frame();
    expect(whole().hidden).toBe(false);
    pointer("pointerdown", 100);
    pointer("pointerup", 100);
    plot().dispatchEvent(new MouseEvent("dblclick"));
    vi.advanceTimersByTime(1000);
    expect(whole().hidden).toBe(true);
    expect(picked).not.toHaveBeenCalled();
  });

  it("points with a finger first, and picks with a second tap at the same place", () => {
    const picked = vi.fn();
    drawn(picked);
    const touch = { pointerType: "touch" };
    const tap = (x: number) => {
      pointer("pointerdown", x, touch);
      pointer("pointerup", x, touch);
      pointer("pointerleave", x, touch);
    };
    tap(100);
    expect(find(".chart-tip").hidden).toBe(false);
    expect(picked).not.toHaveBeenCalled();
    tap(300);
    expect(picked).not.toHaveBeenCalled();
    tap(306);
    expect(picked).toHaveBeenCalledTimes(1);
  });

  it("names its lines at their ends, where there is room, and hides them by their names", () => {
    drawn();
    const names = () => [...host.querySelectorAll<HTMLButtonElement>(".end-labels button")];
    expect(names().map((name) => name.textContent)).toEqual(["SGD", "Adam, diverged at step 3"]);
    names()[0]?.click();
    frame();
    expect(names()[0]?.getAttribute("aria-pressed")).toBe("false");
    press(plot(), "Home");
    expect(find(".chart-tip").textContent).not.toContain("SGD");
  });

  it.each([
    ["the plot would be narrow", 390, 260, "ab"],
    ["they are long", 1280, 260, "a name that goes on and on, as far as it possibly can, and then some"],
    ["there are many on a low chart", 800, 60, "ab"],
  ])("lists the names below where %s", (_, wide, height, label) => {
    width = wide;
    const series = Array.from({ length: 3 }, (_, i) => ({ id: String(i), label, look: i, ys: Float32Array.of(1, 2) }));
    lineChart(host, { label: "Loss", height }).update({ series });
    frame();
    expect(find(".end-labels").childElementCount).toBe(0);
    expect(find(".chips").childElementCount).toBe(3);
  });

  it("shows everything again when a run that was zoomed into begins anew", () => {
    const chart = drawn();
    pointer("pointerdown", 150);
    pointer("pointermove", 300);
    pointer("pointerup", 300);
    frame();
    expect(find<HTMLButtonElement>(".whole").hidden).toBe(false);
    chart.update({ series: data.series.map((one) => ({ ...one, length: 1 })) });
    frame();
    expect(find<HTMLButtonElement>(".whole").hidden).toBe(true);
  });

  it("rests while it is out of sight, and catches up", () => {
    let look = (_: boolean) => {};
    vi.stubGlobal(
      "IntersectionObserver",
      class {
        constructor(told: (entries: { isIntersecting: boolean }[]) => void) {
          look = (isIntersecting) => told([{ isIntersecting }]);
        }
        observe() {}
        disconnect() {}
      },
    );
    const chart = drawn();
    const lines = () => find(".end-labels").textContent;
    look(false);
    chart.update({ series: data.series.map((one) => ({ ...one, label: `${one.label}!` })) });
    frame();
    expect(lines()).not.toContain("SGD!");
    look(true);
    frame();
    expect(lines()).toContain("SGD!");
    vi.unstubAllGlobals();
  });

  it("leaves nothing behind", () => {
    const chart = drawn();
    const left = plot();
    chart.update(data);
    chart.destroy();
    left.style.inset = "";
    frame();
    chart.update(data);
    frame();
    expect(host.childElementCount).toBe(0);
    expect(left.style.inset).toBe("");
  });
});

describe("a confusion matrix", () => {
  const counts = Array.from({ length: 10 }, (_, i) => Array.from({ length: 10 }, (_, j) => (i === j ? 90 : i)));

  it("is one stop of the Tab key, walked by arrows", () => {
    const chosen = vi.fn();
    confusionMatrix(host, { label: "Confusion", onCell: chosen }).update(counts, [4, 9]);
    const stops = () => [...host.querySelectorAll<HTMLElement>("[role=gridcell][tabindex='0']")];
    expect(stops()).toHaveLength(1);
    stops()[0]?.focus();
    press(stops()[0] as HTMLElement, "ArrowDown");
    press(stops()[0] as HTMLElement, "ArrowRight");
    press(stops()[0] as HTMLElement, "ArrowRight");
    expect(stops()).toHaveLength(1);
    expect(document.activeElement).toBe(stops()[0]);
    expect(find("output").textContent).toContain("a 1 were taken for a 2");
    press(stops()[0] as HTMLElement, "Enter");
    expect(chosen).toHaveBeenCalledWith(1, 2);
    expect(find("[aria-selected=true]").getAttribute("aria-label")).toContain("a 4 were taken for a 9");
  });

  it("tells which cell was clicked", () => {
    const chosen = vi.fn();
    confusionMatrix(host, { label: "Confusion", onCell: chosen }).update(counts);
    host.querySelectorAll<HTMLElement>("[role=gridcell]")[37]?.click();
    expect(chosen).toHaveBeenCalledWith(3, 7);
  });
});

describe("pictures", () => {
  const captions = Array.from({ length: 25 }, (_, i) => digitCaption(i % 10, i === 1 ? 7 : i % 10, 0.5));

  it("are buttons in words, one stop of the Tab key, on pages", () => {
    const picked = vi.fn();
    pictureGrid(host, { label: "Mistakes", most: 10, onPick: picked }).update({
      pixels: new Uint8Array(25 * 784),
      captions,
    });
    frame();
    const tiles = () => [...host.querySelectorAll<HTMLElement>(".tile")];
    expect(tiles()).toHaveLength(10);
    expect(tiles()[1]?.querySelector(".spoken")?.textContent).toBe("A 1, taken for a 7 with 50 %, wrong");
    expect(tiles()[1]?.textContent).toContain("✗");
    tiles()[0]?.focus();
    press(tiles()[0] as HTMLElement, "ArrowRight");
    expect(
      tiles()
        .map((tile) => tile.tabIndex)
        .indexOf(0),
    ).toBe(1);
    const [, next] = host.querySelectorAll<HTMLButtonElement>(".chart-tools button");
    for (let page = 0; page < 2; page++) {
      next?.click();
      frame();
    }
    expect(tiles()).toHaveLength(5);
    tiles()[2]?.click();
    expect(picked).toHaveBeenCalledWith(22);
    expect(next?.disabled).toBe(true);
  });

  it("are plain pictures where nothing can be done with them", () => {
    pictureGrid(host, { label: "Batch" }).update({ pixels: new Uint8Array(784), captions: captions.slice(0, 1) });
    frame();
    expect(host.querySelectorAll("[role=img].tile")).toHaveLength(1);
    expect(host.querySelectorAll(".tile button, button.tile")).toHaveLength(0);
  });
});

it("histograms replace their numbers, and say what they do not know", () => {
  const chart = histogramChart(host, { label: "Layers", columns: [{ label: "weights", token: "--value" }] });
  const show = (cells: readonly ({ counts: number[]; largest: number } | null)[]) => {
    chart.update(cells.map((cell, i) => ({ label: `Layer ${i + 1}`, cells: [cell] })));
    frame();
  };
  show([{ counts: [1, 2], largest: 0.5 }, null, { counts: [0, 0], largest: 0 }]);
  const first = find("canvas");
  expect(find(".ends").textContent).toBe("−0.500.5");
  expect([...host.querySelectorAll(".none")].map((none) => none.textContent)).toEqual(["", "not known yet", "all 0"]);
  show([{ counts: [5, 2], largest: 4 }, null, null]);
  expect(find("canvas")).toBe(first);
  expect(find(".ends").textContent).toBe("−404");
});

it("bars have their numbers beside them, and say where they lie of what is usual", () => {
  const band = { from: 1e-4, to: 1e-2, label: "usual" };
  const chart = barsChart(host, { label: "Update ratio", kind: "log", token: "--update", band });
  chart.update([0.5, 0.001, null, 0].map((value, i) => ({ label: `Layer ${i}`, value })));
  frame();
  const values = [...host.querySelectorAll(".value")].map((value) => value.textContent);
  expect(values).toEqual(["0.5above", "0.001", "not yet", "0below"]);
});

it("the start on a loss surface is moved by arrow keys, in the surface", () => {
  const moved = vi.fn();
  const values = Float32Array.of(0, 1, 2, 3);
  const grid = { columns: 2, rows: 2, values, x: [0, 2], y: [0, 1] } as const;
  const path = { id: "a", label: "SGD", look: 0, points: Float32Array.of(1, 1, 0, 0), losses: Float32Array.of(3, 0.5) };
  surfaceChart(host, { label: "Surface", onStart: moved }).update({ grid, paths: [path], step: 5, start: [1, 1] });
  frame();
  const handle = find(".start-handle");
  expect(handle.getAttribute("aria-label")).toContain("x 1, y 1, loss about 3");
  press(handle, "ArrowRight", { shiftKey: true });
  expect(moved.mock.lastCall?.[0]).toBeCloseTo(1.1);
  press(handle, "ArrowUp");
  expect(moved.mock.lastCall?.[1]).toBe(1);
  expect(find(".racers").textContent).toBe("SGD0.5, ended at step 1");
});
