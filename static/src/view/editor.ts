import type { Error as Problem } from "../protocol";
import { caretAt, marked, replaced, type Span, toUnits } from "../source";
import type { Actions, Panel, Scene, View } from "../state";
import { element } from "./element";
import { problemOf } from "./words";

/** Pause in typing after which the expression is tried. */
const PAUSE_MS = 400;

/**
 * The expression: typed, tried while typing, its errors shown below with a caret at the place; the part of it that the
 * inspected node came from is marked.
 *
 * The names of the functions it knows are read from the host, `data-functions="abs cos …"`.
 */
export function editorPanel(host: HTMLElement, actions: Actions): Panel {
  const area = element("textarea", {
    rows: 1,
    spellcheck: "false",
    autocapitalize: "off",
    autocomplete: "off",
    "aria-label": "Expression",
    "aria-describedby": "editor-problem",
  });
  const marks = element("pre", { class: "editor-marks", "aria-hidden": "true" });
  const problemBox = element("div", { id: "editor-problem", class: "editor-problem", role: "status" });
  const help = functionHelp(host);
  host.classList.add("editor");
  host.append(element("div", { class: "editor-field" }, marks, area), problemBox, help);

  let sent = "";
  let wrong: Span | null = null;
  let active: Span | null = null;
  let timer = 0;
  let attempt = 0;

  function paint(): void {
    area.rows = area.value.split("\n").length;
    marks.replaceChildren(
      ...marked(area.value, active, wrong).map(({ text, kind }) =>
        kind === "plain" ? text : element("mark", { class: kind }, text),
      ),
      "\n",
    );
  }

  async function submit(): Promise<void> {
    window.clearTimeout(timer);
    const source = area.value;
    if (source === sent || source.trim() === "") return;
    sent = source;
    const token = ++attempt;
    try {
      await actions.open({ source });
      if (token === attempt) complain(null);
    } catch (reason) {
      // An answer to an older text says nothing about the present one.
      if (token === attempt) complain(problemOf(reason));
    }
  }

  function complain(problem: Problem | null): void {
    wrong = problem?.span ? toUnits(sent, problem.span) : null;
    area.setAttribute("aria-invalid", String(problem !== null));
    problemBox.replaceChildren(...(problem ? explanation(problem) : []));
    paint();
  }

  function explanation(problem: Problem): HTMLElement[] {
    const parts: HTMLElement[] = [];
    if (wrong) {
      const { line, pointer } = caretAt(sent, wrong);
      parts.push(element("pre", { class: "caret", "aria-hidden": "true" }, `${line}\n`, element("b", {}, pointer)));
    }
    parts.push(element("p", {}, problem.message));
    if (problem.given && !sent.includes(problem.given)) parts.push(quiet(`Found: ${problem.given}.`));
    // Beside the one word that was meant, a list of all that could stand here is noise.
    if (problem.expected && !problem.suggestion) parts.push(quiet(`Expected: ${problem.expected}.`));
    const place = wrong;
    if (problem.suggestion && place) {
      const button = element("button", { type: "button", class: "suggestion" }, "Use ");
      button.append(element("code", {}, problem.suggestion));
      button.addEventListener("click", () => {
        area.value = replaced(area.value, place, problem.suggestion);
        area.focus();
        void submit();
      });
      parts.push(button);
    }
    return parts;
  }

  area.addEventListener("input", () => {
    wrong = null;
    active = null;
    paint();
    window.clearTimeout(timer);
    timer = window.setTimeout(submit, PAUSE_MS);
  });
  area.addEventListener("keydown", (event) => {
    event.stopPropagation(); // the page walks with these keys
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      void submit();
    } else if (event.key === "Escape") {
      area.blur();
    }
  });
  area.addEventListener("blur", submit);
  area.addEventListener("scroll", () => {
    marks.scrollLeft = area.scrollLeft;
  });

  return {
    update(scene: Scene, view: View) {
      host.hidden = scene.source === null;
      area.readOnly = !scene.editable;
      help.hidden = !scene.editable || !host.dataset.functions;
      const source = scene.source ?? "";
      const typing = document.activeElement === area && area.value !== source;
      if (typing) return;
      if (area.value !== source || sent !== source) {
        area.value = sent = source;
        complain(null);
      }
      const span = view.inspected === null ? null : (scene.nodes.get(view.inspected)?.span ?? null);
      active = span && scene.editable ? toUnits(source, span) : null;
      paint();
    },
  };
}

function quiet(text: string): HTMLElement {
  return element("p", { class: "quiet" }, text);
}

function functionHelp(host: HTMLElement): HTMLElement {
  const names = host.dataset.functions?.split(" ").filter(Boolean) ?? [];
  const list = element("p", {}, ...names.flatMap((name, i) => [i > 0 ? " " : "", element("code", {}, name)]));
  const note = element("p", { class: "quiet" }, "Also + − * / @ ** and ^, and matrices as [[1, 2], [3, 4]].");
  return element("details", { class: "functions" }, element("summary", {}, "Functions"), list, note);
}
