// The home page: its cards come alive one after the other over one connection. Without it they are links and text.
import { Connection, type Socket } from "./connection";
import type { Scene } from "./state";

/** Time from one step of a preview to the next, and at its end before it begins again. */
const STEP_MS = 1100;
const END_MS = 3500;

const hosts = [...document.querySelectorAll<HTMLElement>("[data-preview]")];
const reducedMotion = window.matchMedia("(prefers-reduced-motion: reduce)");

if (hosts.length > 0) loadPreviews(hosts);

/** Opens the scenes of the cards one by one; the connection ends with the last one. */
function loadPreviews(waiting: HTMLElement[]): void {
  let socket: Socket | null = null;
  let current: HTMLElement | undefined;
  let finished = false;

  async function openAll(): Promise<void> {
    for (current = waiting[0]; current; current = waiting[0]) {
      try {
        await connection.request({ type: "open", scene: current.dataset.preview ?? "" });
      } catch {
        if (!socket) return; // the line dropped: the rest comes after it is back
        current.dataset.failed = ""; // this scene cannot be opened; its card stays text
      }
      waiting.shift();
    }
    finished = true;
    socket?.close();
  }

  const connection: Connection = new Connection({
    socket() {
      const made = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`);
      socket = made;
      made.addEventListener("close", () => {
        socket = null;
      });
      return made;
    },
    wait: (milliseconds, then) => {
      if (!finished) window.setTimeout(then, milliseconds);
    },
    random: Math.random,
    resume: () => null,
    status(status) {
      // No empty boxes for what may never come.
      for (const host of waiting) host.hidden = status !== "open" && status !== "connecting";
    },
    welcome: () => void openAll(),
    scene: (scene) => {
      if (current) void showPreview(current, scene);
    },
    error: () => {},
  });
}

async function showPreview(host: HTMLElement, scene: Scene): Promise<void> {
  const [{ layOut }, { miniatureNodes, miniatureSize, moveTogether }, { preview }] = await Promise.all([
    import("./layout"),
    import("./miniature"),
    import("./view/preview"),
  ]);
  const small = preview(scene, moveTogether(layOut(miniatureNodes(scene)), miniatureSize(scene).width));
  host.replaceChildren(small.root);
  host.dataset.ready = "";
  walkWhileSeen(host, scene.steps.length, small.show);
}

/** Steps a preview round and round while it is on screen; where motion is not wanted it shows the finished pass. */
function walkWhileSeen(host: HTMLElement, steps: number, show: (position: number) => void): void {
  let position = 0;
  let timer = 0;
  let seen = false;

  function advance(): void {
    position = position === steps ? 0 : position + 1;
    show(position);
    plan();
  }

  function plan(): void {
    window.clearTimeout(timer);
    if (reducedMotion.matches) show(steps);
    else if (seen && !document.hidden) timer = window.setTimeout(advance, position === steps ? END_MS : STEP_MS);
  }

  show(position);
  new IntersectionObserver(([entry]) => {
    seen = entry?.isIntersecting ?? false;
    plan();
  }).observe(host);
  document.addEventListener("visibilitychange", plan);
  reducedMotion.addEventListener("change", plan);
}
