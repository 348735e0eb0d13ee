/** Browsers allow a page only so many changes of its address in a while. */
const ADDRESS_MILLISECONDS = 300;

/** The page's own element; Error where the page has none such. */
export function byId<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no ${kind.name} #${id}.`);
  return found;
}

/** Calls back after some milliseconds; the result cancels it. */
export function later(milliseconds: number, then: () => void): () => void {
  const timer = setTimeout(then, milliseconds);
  return () => clearTimeout(timer);
}

/** However often it is asked for in a frame, it is done once. */
export function oncePerFrame(draw: () => void): () => void {
  let due = false;
  return () => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => {
      due = false;
      draw();
    });
  };
}

/** Keeps the page's address up to date, a moment after it is asked for; null leaves it as it is. */
export function addressKeeper(address: () => string | null): () => void {
  let due = false;
  return () => {
    if (due) return;
    due = true;
    setTimeout(() => {
      due = false;
      const now = address();
      if (now !== null && now !== location.pathname + location.search) history.replaceState(null, "", now);
    }, ADDRESS_MILLISECONDS);
  };
}
