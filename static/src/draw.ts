// The page where a digit is drawn or uploaded: the only file that knows all of it.

import { fromAddress, toAddress } from "./draw/address";
import { predict } from "./draw/api";
import { messageOf } from "./draw/asking";
import { pixelsOf } from "./draw/code";
import { keep, kept } from "./draw/kept";
import { type DrawCommand, HELP_KEYS } from "./draw/keys";
import { encodePng } from "./draw/png";
import { Sheet } from "./draw/sheet";
import type { ToolName } from "./draw/tools";
import { refusalOf } from "./draw/uploaded";
import type { DrawActions } from "./draw/view";
import { answerPanel } from "./view/draw/answer";
import { arriveAt } from "./view/draw/arrive";
import { forwardPanel } from "./view/draw/forward";
import { greyOf } from "./view/draw/ink";
import { keyboard } from "./view/draw/keyboard";
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

const address = fromAddress(here());
const start = kept(sessionStorage, address.picture);
const samples = new Samples();
const notice = trouble(byId("notice", HTMLElement));
let tool: ToolName = "medium";
let bound = location.hash.slice(1);

const sheet: Sheet = new Sheet(
  {
    predict,
    pictureOf: (drawing) => encodePng(greyOf(drawing)),
    later,
    changed: () => changed(),
    trouble: notice.say,
    passed: notice.passed,
    over: notice.over,
  },
  address,
  start.drawing,
);

// -- the page's parts -------------------------------------------------------------------------------------------------

const actions: DrawActions = {
  pick: (digit) => sheet.pick(digit),
  choose: (networks) => sheet.ask(networks),
  teach: (lessons, rate) => sheet.teach(lessons, rate),
};
const padPanel = pad(byId("pad", HTMLElement), {
  drawing: (stroke) => sheet.draws(stroke),
  drawn: (stroke) => sheet.act(stroke),
  obey: (command) => commands[command](),
  came: (file, name) => void open(file, name),
  sample: (digit) => void sample(digit),
  pick: (digit) => sheet.pick(digit),
  back: () => sheet.undo(),
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
  const { view, drawing, isBlank, uploaded, isOfUpload } = sheet;
  const { picked } = view;
  const prediction = isOfUpload ? view.prediction : null;
  padPanel.update({ drawing, isBlank, tool, uploaded, prediction, picked });
  for (const panel of panels) panel.update(view);
  if (view.prediction) arrive();
});
const keepAddress = addressKeeper(() => sheet.place && toAddress(sheet.place));

function changed(): void {
  keepAddress();
  show();
}

// -- what may be done -------------------------------------------------------------------------------------------------

const commands: Readonly<Record<Exclude<DrawCommand, `sample-${number}`>, () => void>> = {
  undo: () => sheet.undo(),
  redo: () => sheet.redo(),
  clear: () => sheet.clear(),
  thin: () => take("thin"),
  medium: () => take("medium"),
  thick: () => take("thick"),
  eraser: () => take("eraser"),
  upload: () => padPanel.chooseFile(),
  help: () => help.showModal(),
};

keyboard(byId("pad", HTMLElement), (command) => {
  const [, digit] = command.split("sample-");
  if (digit !== undefined) void sample(Number(digit));
  else commands[command as keyof typeof commands]();
});

function take(name: ToolName): void {
  tool = name;
  show();
}

async function open(file: Blob, name: string): Promise<void> {
  const mostBytes = Number(byId("drawing", HTMLElement).dataset.pictureBytes);
  const refusal = refusalOf(file, name, mostBytes);
  if (refusal) {
    notice.say(refusal);
    return;
  }
  sheet.upload({ file, name, bitmap: null });
  const bitmap = await bitmapOf(file);
  if (bitmap) sheet.upload({ file, name, bitmap });
}

async function sample(digit: number): Promise<void> {
  try {
    const { pixels, place, total } = await samples.next(digit);
    sheet.act({ kind: "picture", pixels });
    setText(byId("spoken", HTMLElement), `Sample of a ${digit}, ${place + 1} of ${total}.`);
  } catch (reason) {
    notice.say(messageOf(reason), () => void sample(digit));
  }
}

// -- coming and going -------------------------------------------------------------------------------------------------

for (const leaving of ["pagehide", "visibilitychange"])
  window.addEventListener(leaving, () => keep(sessionStorage, sheet.drawing, drawnPicture()));

/** The word of the picture that the drawing is; of a file that lies over it there are no strokes. */
function drawnPicture(): string {
  return sheet.uploaded ? "" : fromAddress(here()).picture;
}

void begin();

/** What the address names is there again; the strokes that it was read from, where they are known. */
async function begin(): Promise<void> {
  show();
  const pixels = start.isNamed ? null : await pixelsOf(address.picture);
  if (pixels) sheet.act({ kind: "picture", pixels });
  else sheet.read();
}

/** Who comes back from a walk, or follows an address with a place in the page, is where it says, once that is there. */
function arrive(): void {
  const panel = bound && document.getElementById(bound);
  if (panel) arriveAt(panel);
  bound = "";
}

function here(): URL {
  return new URL(location.href);
}
