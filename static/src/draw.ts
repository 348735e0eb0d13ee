// The page where a digit is drawn or uploaded: the only file that knows all of it.

import { fromAddress, toAddress } from "./draw/address";
import { type Prediction, predict } from "./draw/api";
import { messageOf } from "./draw/asking";
import { pixelsOf } from "./draw/code";
import { keep, kept } from "./draw/kept";
import { type DrawCommand, drawCommandOf, HELP_KEYS } from "./draw/keys";
import type { Lesson } from "./draw/lessons";
import { encodePng } from "./draw/png";
import { type Act, acted, type Drawing, isInked, redone, type Stroke, undone } from "./draw/strokes";
import type { ToolName } from "./draw/tools";
import { Turns } from "./draw/turns";
import { refusalOf, type Uploaded } from "./draw/uploaded";
import type { DrawActions, DrawView } from "./draw/view";
import { mayTake } from "./keys";
import { answerPanel } from "./view/draw/answer";
import { forwardPanel } from "./view/draw/forward";
import { greyOf } from "./view/draw/ink";
import { learnPanel } from "./view/draw/learn";
import { networksPanel } from "./view/draw/networks";
import { pad } from "./view/draw/pad";
import { Samples } from "./view/draw/samples";
import { stagesPanel } from "./view/draw/stages";
import { towardPanel } from "./view/draw/toward";
import { trouble } from "./view/draw/trouble";
import { bitmapOf } from "./view/draw/upload";
import { whyPanel } from "./view/draw/why";
import { setText } from "./view/element";
import { helpDialog } from "./view/help";
import { addressKeeper, byId, later, oncePerFrame } from "./view/page";

/** A phone's photo has 3 to 12 MB. */
const MOST_BYTES = 25_000_000;

const place = fromAddress(here());
const start = kept(sessionStorage, place.picture);
let drawing: Drawing = start.drawing;
let tool: ToolName = "medium";
let uploaded: Uploaded | null = null;
let prediction: Prediction | null = null;
let picked = 0;
let networks: readonly string[] = place.networks;
let lessons: readonly Lesson[] = place.lessons;
let rate = place.rate;
/** A stroke that is being drawn: what is read meanwhile is not the end of it. */
let isDrawing = false;

const samples = new Samples();
const notice = trouble(byId("notice", HTMLElement));
const turns = new Turns<Prediction>({ answered, refused: (reason) => refused(reason, read) }, later);
const keepAddress = addressKeeper(() => {
  const picture = prediction?.digits[picked]?.code ?? "";
  return turns.busy ? null : toAddress({ picture, networks, lessons, rate });
});

// -- the page's parts -------------------------------------------------------------------------------------------------

const actions: DrawActions = {
  pick(digit) {
    picked = digit;
    changed();
  },
  choose(chosen) {
    networks = chosen;
    read();
    changed();
  },
  teach(given, at) {
    lessons = given;
    rate = at;
    changed();
  },
};
const padPanel = pad(byId("pad", HTMLElement), {
  drawing(stroke) {
    isDrawing = stroke !== null;
    if (stroke) read(stroke);
    else read();
  },
  drawn(stroke) {
    isDrawing = false;
    act(stroke);
  },
  obey: (command) => commands[command](),
  came: (file, name) => void open(file, name),
  sample: (digit) => void sample(digit),
  pick: actions.pick,
  back,
});
const panels = [
  answerPanel(byId("answer", HTMLElement), actions),
  networksPanel(byId("networks", HTMLElement), actions),
  stagesPanel(byId("stages", HTMLElement), actions),
  forwardPanel(byId("forward", HTMLElement), actions),
  whyPanel(byId("why", HTMLElement), actions),
  towardPanel(byId("toward", HTMLElement), actions),
  learnPanel(byId("learn", HTMLElement), actions),
];
const help = byId("help", HTMLDialogElement);
helpDialog(help, HELP_KEYS);

const show = oncePerFrame(() => {
  const reading = turns.busy || isDrawing;
  const upload = uploaded?.bitmap ?? null;
  const view: DrawView = { prediction, picked, networks, reading, lessons, rate, upload };
  padPanel.update({ drawing, tool, uploaded, prediction, picked });
  for (const panel of panels) panel.update(view);
});

function changed(): void {
  keepAddress();
  show();
}

// -- what is read -----------------------------------------------------------------------------------------------------

/** Has the picture read as it is now; `live`: with a stroke that is being drawn. */
function read(live: Stroke | null = null): void {
  const now = live ? acted(drawing, live) : drawing;
  if (!uploaded && !isInked(now)) {
    forget();
    return;
  }
  const file = uploaded?.file;
  turns.want(
    async (signal) => predict(file ?? (await encodePng(greyOf(now))), networks, { stages: live === null, signal }),
    { passing: live !== null },
  );
}

function answered(answer: Prediction, newest: boolean): void {
  if (answer.digits.length !== prediction?.digits.length) picked = 0;
  prediction = answer;
  if (newest) notice.over();
  changed();
}

/** There is nothing to be read. */
function forget(): void {
  turns.drop();
  prediction = null;
  picked = 0;
  changed();
}

function refused(reason: unknown, again?: () => void): void {
  notice.say(messageOf(reason), again);
  changed();
}

function act(done: Act): void {
  draw(acted(drawing, done));
}

/** Another drawing stands on the pad. */
function draw(next: Drawing): void {
  if (next === drawing && !uploaded) return;
  drawing = next;
  uploaded = null;
  read();
  changed();
}

async function open(file: Blob, name: string): Promise<void> {
  const refusal = refusalOf(file, name, MOST_BYTES);
  if (refusal) return notice.say(refusal);
  const mine: Uploaded = { file, name, bitmap: null };
  forget();
  uploaded = mine;
  read();
  const bitmap = await bitmapOf(file);
  if (uploaded === mine && bitmap) uploaded = { ...mine, bitmap };
  changed();
}

/** From an uploaded picture to the sketchpad; nothing of the picture is kept. */
function back(): void {
  uploaded = null;
  forget();
  read();
  padPanel.focus();
}

async function sample(digit: number): Promise<void> {
  try {
    const { pixels, place, total } = await samples.next(digit);
    act({ kind: "picture", pixels });
    say(`Sample of a ${digit}, ${place + 1} of ${total}.`);
  } catch (reason) {
    refused(reason, () => void sample(digit));
  }
}

// -- what may be done -------------------------------------------------------------------------------------------------

const commands: Readonly<Record<Exclude<DrawCommand, `sample-${number}`>, () => void>> = {
  undo: () => (uploaded ? back() : draw(undone(drawing))),
  redo: () => (uploaded ? undefined : draw(redone(drawing))),
  clear: () => (uploaded ? back() : act({ kind: "clear" })),
  thin: () => take("thin"),
  medium: () => take("medium"),
  thick: () => take("thick"),
  eraser: () => take("eraser"),
  upload: () => padPanel.chooseFile(),
  help: () => help.showModal(),
};

function take(name: ToolName): void {
  tool = name;
  show();
}

function say(words: string): void {
  setText(byId("spoken", HTMLElement), words);
}

document.addEventListener("keydown", (event) => {
  const command = drawCommandOf(event);
  if (!command || !(event.target instanceof Element) || !mayTake(event, event.target)) return;
  event.preventDefault();
  const [, digit] = command.split("sample-");
  if (digit !== undefined) void sample(Number(digit));
  else commands[command as keyof typeof commands]();
});

// -- coming and going -------------------------------------------------------------------------------------------------

for (const leaving of ["pagehide", "visibilitychange"])
  window.addEventListener(leaving, () => keep(sessionStorage, drawing, fromAddress(here()).picture));

void begin();

async function begin(): Promise<void> {
  const pixels = start.isNamed ? null : await pixelsOf(place.picture);
  if (pixels) act({ kind: "picture", pixels });
  else read();
  show();
}

function here(): URL {
  return new URL(location.href);
}
