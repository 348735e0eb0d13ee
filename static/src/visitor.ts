// Who a browser is to the server: a secret it made up once and keeps. Whoever shows it finds the visitor's runs again.

const KEY = "gradwalk.visitor";
const BYTES = 16;

/** Fills bytes with what nobody can guess. */
type Secret = (bytes: Uint8Array<ArrayBuffer>) => void;

/** The visitor's name; where nothing can be kept (a private window), one that lasts as long as the page. */
export function visitorOf(storage: Pick<Storage, "getItem" | "setItem">, random: Secret): string {
  try {
    const known = storage.getItem(KEY);
    if (known && /^[\w-]{1,64}$/.test(known)) return known;
    const made = makeUp(random);
    storage.setItem(KEY, made);
    return made;
  } catch {
    return makeUp(random);
  }
}

function makeUp(random: Secret): string {
  const bytes = new Uint8Array(BYTES);
  random(bytes);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
