// The page of the data sets: puts the chooser, the digits, the pictures and the download together.

import { fromSearch, PAGE, type Place, toSearch } from "./data/address";
import {
  type Choice,
  changeDownload,
  fetchListing,
  fetchMeans,
  fetchPictures,
  type Listing,
  type Means,
  type Pictures,
  Refusal,
  type Split,
} from "./data/api";
import { meanOf, pictureAt } from "./data/picture";
import { absent } from "./view/data/absent";
import { chooser } from "./view/data/chooser";
import { classes } from "./view/data/classes";
import { detail } from "./view/data/detail";
import { grid } from "./view/data/grid";
import { setText } from "./view/element";

/** How often a running download is looked at. */
const POLL_MILLISECONDS = 1000;
const WORDS = { train: "Training pictures", test: "Test pictures" } as const;

let place = fromSearch(location.search);
let listing: Listing | null = null;
let page: Pictures | null = null;
let means: Means | null = null;
/** The split whose means are here or on their way. */
let meansOf = "";
let pending = new AbortController();
let timer = 0;

const absentView = absent(byId("absent"), {
  download: () => void change("POST"),
  cancel: () => void change("DELETE"),
});
const chooserView = chooser(byId("chooser"), {
  chooseSet: (set) => void go({ ...place, set, start: 0, picture: null }, "push"),
  chooseSplit: (split) => void go({ ...place, split, start: 0, picture: null }, "push"),
});
const classesView = classes(byId("classes"), (digit) => void go({ ...place, digit, start: 0, picture: null }, "push"));
const detailView = detail(byId("detail"));
const gridView = grid(byId("grid"), {
  pick,
  async turn(start, which) {
    await go({ ...place, start, picture: null }, "replace");
    if (which === "last" && page) pick(page.indices.length - 1);
  },
});

window.addEventListener("popstate", () => {
  place = fromSearch(location.search);
  void show();
});
byId("retry").addEventListener("click", () => {
  listing = null; // so that the pictures are asked for again, too
  void look();
});
void look();

/** Asks what there is, shows it, and looks again while a download runs. */
async function look(): Promise<void> {
  window.clearTimeout(timer);
  const before = listing;
  try {
    listing = await fetchListing();
  } catch (error) {
    tell(error);
    return;
  }
  if (listing.download?.state === "running") timer = window.setTimeout(look, POLL_MILLISECONDS);
  tell(null);
  // A download that goes on changes nothing of the pictures that are shown.
  if (before && state(before) === state(listing)) {
    update(listing);
  } else {
    meansOf = "";
    await show();
  }
}

async function change(method: "POST" | "DELETE"): Promise<void> {
  try {
    await changeDownload(method);
  } catch (error) {
    tell(error);
    return;
  }
  await look();
}

/** Goes elsewhere; leafing through the pages fills no history. */
async function go(to: Place, how: "push" | "replace"): Promise<void> {
  place = to;
  history[`${how}State`](null, "", location.pathname + toSearch(place));
  await show();
}

/** Shows the pictures that `place` names, as soon as they are here, unless others have been asked for since. */
async function show(): Promise<void> {
  if (!listing) return;
  const choice = update(listing);
  if (choice?.state !== "ready") return;
  const { split, digit, start } = place;
  pending.abort();
  pending = new AbortController();
  const { signal } = pending;
  void showMeans(choice.id, split);
  try {
    const got = await fetchPictures({ set: choice.id, split, digit, start, count: PAGE }, signal);
    page = got;
    gridView.show(got, start, digit === null ? WORDS[split] : `${WORDS[split]} of a ${digit}`);
    showPicked();
  } catch (error) {
    if (signal.aborted) return;
    const code = error instanceof Refusal ? error.code : "";
    if (code === "out_of_range") await go({ ...place, start: 0, picture: null }, "replace");
    else if (code === "missing" || code === "damaged") await look();
    else tell(error);
  }
}

async function showMeans(set: string, split: Split): Promise<void> {
  const of = `${set} ${split}`;
  if (meansOf === of) return;
  meansOf = of;
  means = null;
  classesView.picture(null);
  try {
    const got = await fetchMeans(set, split);
    if (meansOf !== of) return; // others have been asked for since
    means = got;
    classesView.picture(got);
    showPicked();
  } catch {
    meansOf = ""; // the pictures tell what is wrong
  }
}

/** Shows what is known without asking; the chosen data set. */
function update(now: Listing): Choice | undefined {
  const chosen = now.datasets.find(({ id }) => id === place.set) ?? best(now);
  if (!chosen) return undefined;
  const ready = chosen.state === "ready";
  chooserView.update(now, chosen.id, place.split);
  byId("browser").hidden = !ready;
  byId("absent").hidden = ready;
  if (ready) classesView.update(chosen.digits[place.split] ?? [], place.digit);
  else absentView.update(chosen, now);
  return chosen;
}

function pick(at: number): void {
  const index = page?.indices[at];
  if (index === undefined) return;
  place = { ...place, picture: index };
  history.replaceState(null, "", location.pathname + toSearch(place));
  showPicked();
}

function showPicked(): void {
  if (!page) return;
  const at = place.picture === null ? 0 : Math.max(0, page.indices.indexOf(place.picture));
  const shown = pictureAt(page, at);
  byId("detail").hidden = shown === null;
  if (!shown) return;
  gridView.select(at);
  detailView.show(shown, place.split, means && meanOf(means, shown.label), means?.counts[shown.label] ?? 0);
}

function best(now: Listing): Choice | undefined {
  return now.datasets.find(({ state }) => state === "ready") ?? now.datasets[0];
}

function state(now: Listing): string {
  return now.datasets.map((choice) => `${choice.state} ${choice.train} ${choice.test}`).join();
}

/** Says what went wrong; null: nothing any more. */
function tell(error: unknown): void {
  byId("trouble").hidden = error === null;
  if (error !== null) setText(byId("trouble-words"), error instanceof Error ? error.message : String(error));
}

function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no #${id}`);
  return found;
}
