/** How far beside the screen something already counts as seen, so that it is up to date when it scrolls in. */
const MARGIN = "200px";

/**
 * Tells whether an element is in sight, at first and whenever that changes; folded or scrolled away, it is not. The
 * result ends it.
 */
export function whenSeen(root: Element, changed: (seen: boolean) => void): () => void {
  let seen: boolean | null = null;
  const observer = new IntersectionObserver(
    (entries) => {
      const now = entries.at(-1)?.isIntersecting ?? false;
      if (now === seen) return;
      seen = now;
      changed(now);
    },
    { rootMargin: MARGIN },
  );
  observer.observe(root);
  return () => observer.disconnect();
}
