import { element } from "../element";

export interface Trouble {
  /** Says what went wrong until it is dismissed; `again`: what may be tried once more. */
  say(message: string, again?: () => void): void;
  /** What could be tried again has worked. */
  passed(): void;
  /** Something else is done. */
  over(): void;
}

/** What went wrong, in words, with what can be done about it. */
export function trouble(host: HTMLElement): Trouble {
  let mayPass = false;
  const over = () => {
    host.hidden = true;
    host.replaceChildren();
  };
  const button = (words: string, pressed: () => void) => {
    const made = element("button", { type: "button", class: "ghost" }, words);
    made.addEventListener("click", pressed);
    return made;
  };
  return {
    over,
    passed() {
      if (mayPass) over();
    },
    say(message, again) {
      mayPass = again !== undefined;
      const retry = () => {
        over();
        again?.();
      };
      const buttons = [...(again ? [button("Try again", retry)] : []), button("Dismiss", over)];
      host.replaceChildren(element("p", {}, message), element("div", { class: "buttons" }, ...buttons));
      host.hidden = false;
    },
  };
}
