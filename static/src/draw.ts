// The page where a digit is drawn or uploaded: the only file that knows all of it.

import { Refusal } from "./data/api";
import { type Prediction, predict } from "./draw/api";
import type { Lesson } from "./draw/lessons";
import type { DrawActions, DrawView } from "./draw/view";
import { answerPanel } from "./view/draw/answer";
import { forwardPanel } from "./view/draw/forward";
import { learnPanel } from "./view/draw/learn";
import { networksPanel } from "./view/draw/networks";
import { stagesPanel } from "./view/draw/stages";
import { towardPanel } from "./view/draw/toward";
import { whyPanel } from "./view/draw/why";
import { element, setText } from "./view/element";
import { byId, oncePerFrame } from "./view/page";

let prediction: Prediction | null = null;
let picked = 0;
let networks: readonly string[] = ["reader", "one-layer"];
let lessons: readonly Lesson[] = [];
let rate = 0.01;
let upload: ImageBitmap | null = null;
let shown: Blob | null = null;
let pending: AbortController | null = null;

const actions: DrawActions = {
  pick(digit) {
    picked = digit;
    show();
  },
  choose(chosen) {
    networks = chosen;
    if (shown) void read(shown);
  },
  teach(given, at) {
    lessons = given;
    rate = at;
    show();
  },
};

const panels = [
  answerPanel(byId("answer", HTMLElement), actions),
  networksPanel(byId("networks", HTMLElement), actions),
  stagesPanel(byId("stages", HTMLElement), actions),
  forwardPanel(byId("forward", HTMLElement), actions),
  whyPanel(byId("why", HTMLElement), actions),
  towardPanel(byId("toward", HTMLElement), actions),
  learnPanel(byId("learn", HTMLElement), actions),
];
const show = oncePerFrame(() => {
  const view: DrawView = { prediction, picked, networks, reading: pending !== null, lessons, rate, upload };
  for (const panel of panels) panel.update(view);
});

const file = element("input", { type: "file", accept: "image/*", "aria-label": "Upload a picture" });
file.addEventListener("change", () => {
  const [chosen] = file.files ?? [];
  if (chosen) void open(chosen);
});
byId("pad", HTMLElement).append(file);

async function open(picture: Blob): Promise<void> {
  upload = await createImageBitmap(picture);
  await read(picture);
}

async function read(picture: Blob): Promise<void> {
  pending?.abort();
  const mine = new AbortController();
  pending = mine;
  shown = picture;
  try {
    prediction = await predict(picture, networks, { stages: true, signal: mine.signal });
    picked = 0;
  } catch (reason) {
    if (mine.signal.aborted) return;
    const notice = byId("notice", HTMLElement);
    notice.hidden = false;
    setText(notice, reason instanceof Refusal ? reason.message : String(reason));
  } finally {
    if (pending === mine) pending = null;
  }
  show();
}

show();
