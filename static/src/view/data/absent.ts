import { type Choice, type Listing, megabytes } from "../../data/api";
import { element, setText } from "../element";

export interface AbsentActions {
  download(): void;
  cancel(): void;
}

export interface Absent {
  update(choice: Choice, listing: Listing): void;
}

const STANDING: Readonly<Record<Choice["state"], string>> = {
  missing: "not here yet",
  damaged: "damaged",
  ready: "here",
};

/** What stands in place of the pictures of a data set that is missing or damaged: why, and what can be done. */
export function absent(host: HTMLElement, actions: AbsentActions): Absent {
  const title = element("h2", {});
  const why = element("p", {});
  const news = element("p", { class: "news", role: "status" });
  const bar = element("progress", { max: 1, "aria-label": "Download of MNIST" });
  const begin = element("button", { type: "button", class: "begin" });
  const cancel = element("button", { type: "button", class: "ghost" }, "Cancel");
  const byHand = element("div", { class: "by-hand" });
  const progress = element("div", { class: "arriving" }, bar, cancel);
  host.replaceChildren(title, why, progress, news, begin, byHand);
  begin.addEventListener("click", actions.download);
  cancel.addEventListener("click", actions.cancel);

  return {
    update(choice, listing) {
      const { download } = listing;
      const mnist = choice.id === "mnist";
      const running = mnist && download?.state === "running";
      setText(title, `${choice.name} is ${running ? "on its way" : STANDING[choice.state]}`);
      setText(why, reason(choice, listing));
      bar.value = download?.fraction ?? 0;
      progress.hidden = !running;
      setText(
        news,
        mnist && download && download.state !== "idle" && download.state !== "done" ? download.message : "",
      );
      news.classList.toggle("problem", download?.state === "failed");
      begin.hidden = running || !mnist || download === null;
      setText(begin, offer(choice, listing));
      byHand.hidden = running || !mnist;
      if (byHand.childElementCount === 0) byHand.append(...instructions(listing));
    },
  };
}

function reason({ state, problem, id }: Choice, { download }: Listing): string {
  if (state === "damaged") {
    const advice = id === "mnist" && download ? " Downloading it again replaces its files." : "";
    return `${problem}. Gradwalk uses no picture of it.${advice}`;
  }
  return download
    ? "70,000 handwritten digits. They are downloaded once, and kept in the data folder; the built-in digits can be used meanwhile."
    : "70,000 handwritten digits. This server was started without leave to download them (--no-download).";
}

function offer({ state }: Choice, { download, download_bytes }: Listing): string {
  if (download?.state === "cancelled" || download?.state === "failed") {
    return download.fraction > 0 ? "Continue the download" : "Try again";
  }
  const size = megabytes(download_bytes);
  return state === "damaged" ? `Download MNIST again (${size})` : `Download MNIST (${size})`;
}

function instructions({ folder, files }: Listing): Node[] {
  return [
    element(
      "p",
      {},
      "Without a network: copy these four files, as they are or as .gz, into the folder ",
      code(folder),
      ".",
    ),
    element("ul", {}, ...files.map((name) => element("li", {}, code(name)))),
  ];
}

function code(text: string): HTMLElement {
  return element("code", {}, text);
}
