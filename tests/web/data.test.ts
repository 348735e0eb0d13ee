// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from "vitest";
import { fromSearch, type Place, toSearch } from "../../static/src/data/address";
import type { Choice, Download, Listing, Means, Pictures } from "../../static/src/data/api";
import { ink, meanOf, meanOfAll, pictureAt } from "../../static/src/data/picture";
import { absent } from "../../static/src/view/data/absent";
import { chooser } from "../../static/src/view/data/chooser";
import { grid } from "../../static/src/view/data/grid";

let host: HTMLElement;

beforeEach(() => {
  host = document.createElement("div");
  document.body.replaceChildren(host);
});

describe("the address of what is shown", () => {
  it.each<Place>([
    { set: null, split: "test", digit: null, start: 0, picture: null },
    { set: "mnist", split: "train", digit: 0, start: 200, picture: 0 },
    { set: "built-in", split: "test", digit: 9, start: 0, picture: 1234 },
  ])("leads back to %o", (place) => {
    expect(fromSearch(toSearch(place))).toEqual(place);
  });

  it("begins a page at a multiple of its length, and leaves out what cannot be", () => {
    expect(fromSearch("?start=250&digit=12&split=validation&picture=-1")).toEqual({
      set: null,
      split: "test",
      digit: null,
      start: 200,
      picture: null,
    });
  });

  it("is empty at the beginning", () => {
    expect(toSearch({ set: null, split: "test", digit: null, start: 0, picture: null })).toBe("");
  });
});

const pictures: Pictures = {
  total: 7,
  side: 2,
  indices: [3, 5],
  labels: [8, 1],
  pixels: Uint8Array.of(0, 255, 0, 1, 10, 20, 30, 40),
};

describe("one picture", () => {
  it("is cut out of the page", () => {
    const shown = pictureAt(pictures, 1);
    expect(shown).toMatchObject({ index: 5, label: 1 });
    expect([...(shown?.picture.numbers ?? [])]).toEqual([10, 20, 30, 40]);
    expect(pictureAt(pictures, 2)).toBeNull();
  });

  it("has its ink counted", () => {
    const shown = pictureAt(pictures, 0);
    expect(shown && ink(shown.picture)).toEqual({ mean: 64, inked: 2 });
  });
});

it("weighs the mean of all digits by how many each has", () => {
  const means: Means = { side: 1, counts: [1, 3, 0], pixels: Float32Array.of(10, 50, 0) };
  expect([...meanOf(means, 1).numbers]).toEqual([50]);
  expect([...meanOfAll(means).numbers]).toEqual([40]);
});

const missing: Choice = {
  id: "mnist",
  name: "MNIST",
  note: "",
  train: 0,
  test: 0,
  state: "missing",
  problem: "MNIST is not in the data folder",
  digits: {},
};

function listing(download: Download | null, choice = missing): Listing {
  return { datasets: [choice], download, download_bytes: 11_594_722, folder: "/data/raw", files: ["a", "b"] };
}

describe("a data set that is not here", () => {
  function shown(download: Download | null, choice = missing) {
    const actions = { download: vi.fn(), cancel: vi.fn() };
    absent(host, actions).update(choice, listing(download, choice));
    const seen = (selector: string) => host.querySelector<HTMLElement>(selector);
    return { actions, seen, button: seen("button.begin"), progress: seen(".arriving"), byHand: seen(".by-hand") };
  }

  it("is offered with its size", () => {
    const { button, progress, actions, byHand } = shown({ state: "idle", message: "Nothing yet.", fraction: 0 });
    expect(button?.textContent).toBe("Download MNIST (11.6 MB)");
    expect(progress?.hidden).toBe(true);
    expect(byHand?.textContent).toContain("/data/raw");
    expect(host.textContent).not.toContain("Nothing yet.");
    button?.click();
    expect(actions.download).toHaveBeenCalledOnce();
  });

  it("shows how far it is, and can be cancelled", () => {
    const { button, progress, seen, actions } = shown({ state: "running", message: "4 of 11 MB.", fraction: 0.25 });
    expect(button?.hidden).toBe(true);
    expect(progress?.hidden).toBe(false);
    expect(seen("h2")?.textContent).toBe("MNIST is on its way");
    expect(seen("progress")).toHaveProperty("value", 0.25);
    expect(seen(".news")?.textContent).toBe("4 of 11 MB.");
    seen(".arriving button")?.click();
    expect(actions.cancel).toHaveBeenCalledOnce();
  });

  it.each([
    [0, "Try again"],
    [0.5, "Continue the download"],
  ])("can be asked for again after %d of it", (fraction, words) => {
    const { button, seen } = shown({ state: "failed", message: "This machine seems to be offline.", fraction });
    expect(button?.textContent).toBe(words);
    expect(seen(".news.problem")?.textContent).toContain("offline");
  });

  it("is not offered where the network is left alone", () => {
    const { button, byHand } = shown(null);
    expect(button?.hidden).toBe(true);
    expect(host.textContent).toContain("--no-download");
    expect(byHand?.hidden).toBe(false);
  });

  it("is named when it is damaged", () => {
    const damaged: Choice = { ...missing, state: "damaged", problem: "/data/raw/a is cut off" };
    const { button } = shown({ state: "idle", message: "", fraction: 0 }, damaged);
    expect(host.querySelector("h2")?.textContent).toBe("MNIST is damaged");
    expect(host.textContent).toContain("/data/raw/a is cut off");
    expect(button?.textContent).toBe("Download MNIST again (11.6 MB)");
  });
});

it.each<[Choice["state"], Download | null, string]>([
  ["missing", null, "Not here"],
  ["missing", { state: "idle", message: "", fraction: 0 }, "11.6 MB to download"],
  ["missing", { state: "running", message: "", fraction: 0.419 }, "Downloading: 41 %"],
  ["damaged", null, "Damaged, not used"],
  ["ready", null, "12,345 pictures"],
])("says of a set that is %s how it stands", (state, download, words) => {
  const choice: Choice = { ...missing, state, train: 12_000, test: 345 };
  chooser(host, { chooseSet: vi.fn(), chooseSplit: vi.fn() }).update(listing(download, choice), "mnist", "test");
  expect(host.querySelector(".set small")?.textContent).toBe(words);
  expect(host.querySelector<HTMLElement>(".parts")?.hidden).toBe(state !== "ready");
});

describe("a page of pictures", () => {
  const page: Pictures = {
    total: 250,
    side: 1,
    indices: Array.from({ length: 100 }, (_, i) => 2 * i),
    labels: Array.from({ length: 100 }, () => 4),
    pixels: new Uint8Array(100),
  };

  function shown(start: number, pictures = page) {
    const actions = { pick: vi.fn(), turn: vi.fn() };
    const view = grid(host, actions);
    view.show(pictures, start, "Fours");
    const press = (key: string) =>
      host.querySelector("[role=listbox]")?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    return { actions, view, press };
  }

  it("says which of how many it shows", () => {
    shown(100);
    expect(host.querySelector("h2")?.textContent).toBe("Fours: 101 to 200 of 250");
    expect(host.querySelector("#picture-7")?.getAttribute("aria-label")).toBe("Picture 14, a 4");
  });

  it("is walked by the arrow keys, and left over its ends", () => {
    const { actions, view, press } = shown(100);
    view.select(99);
    press("ArrowLeft");
    expect(actions.pick).toHaveBeenLastCalledWith(98);
    press("ArrowRight");
    expect(actions.turn).toHaveBeenLastCalledWith(200, "first");
    view.select(0);
    press("ArrowLeft");
    expect(actions.turn).toHaveBeenLastCalledWith(0, "last");
    press("PageUp");
    expect(actions.turn).toHaveBeenLastCalledWith(0, "first");
    expect(host.querySelector("[aria-selected=true]")?.id).toBe("picture-0");
  });

  it("goes nowhere beyond the first and the last page", () => {
    const { actions, view, press } = shown(200);
    view.select(99);
    press("PageDown");
    expect(actions.turn).not.toHaveBeenCalled();
    shown(0).press("PageUp");
    expect(actions.turn).not.toHaveBeenCalled();
  });

  it("says so where there is no picture", () => {
    shown(0, { ...page, total: 0, indices: [], labels: [], pixels: new Uint8Array() });
    expect(host.querySelector<HTMLElement>("[role=listbox]")?.hidden).toBe(true);
    expect(host.querySelector("h2")?.textContent).toBe("Fours");
  });
});
