// The drawing page's address: the picture that is looked at, the networks that are asked, and what the visitor's copy
// was taught. Pure.
//
//   /draw?picture=CODE&network=reader,run:ID&lessons=7.3~1.2.CODE&rate=0.01

import { type Lesson, lessonsText } from "./lessons";

/** What an address holds. */
export interface Place {
  /** The word of the picture; empty: none. */
  readonly picture: string;
  readonly networks: readonly string[];
  readonly lessons: readonly Lesson[];
  readonly rate: number;
}

const PATH = "/draw";
export const NETWORKS: readonly string[] = ["reader", "one-layer"];
export const RATE = 0.01;
/** So many networks may be asked at once. */
export const MOST_NETWORKS = 4;
const NETWORK = /^(?:reader|one-layer|run:[\w-]{1,80})$/;
const CODE = /^[\w-]{8,1200}$/;

/** The address of a place, relative to the server. */
export function toAddress({ picture, networks, lessons, rate }: Place): string {
  const query = new URLSearchParams();
  if (picture) query.set("picture", picture);
  if (networks.join() !== NETWORKS.join()) query.set("network", networks.join());
  if (lessons.length > 0) {
    query.set("lessons", lessonsText(lessons, picture));
    query.set("rate", String(rate));
  }
  // Commas and colons may stand as they are in a query; that keeps shared addresses readable.
  const text = query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":").replaceAll("%7E", "~");
  return text ? `${PATH}?${text}` : PATH;
}

/** The place of an address; what cannot be read is left out. */
export function fromAddress({ searchParams }: URL): Place {
  const picture = searchParams.get("picture") ?? "";
  const code = CODE.test(picture) ? picture : "";
  const asked = searchParams.getAll("network").flatMap((names) => names.split(","));
  const networks = [...new Set(asked.filter((name) => NETWORK.test(name)))].slice(0, MOST_NETWORKS);
  const rate = Number(searchParams.get("rate"));
  return {
    picture: code,
    networks: networks.length > 0 ? networks : NETWORKS,
    lessons: readLessons(searchParams.get("lessons") ?? "", code),
    rate: Number.isFinite(rate) && rate > 0 ? rate : RATE,
  };
}

/** The lessons of their word, beside a picture; none where any of them cannot be read, for each builds on those before. */
function readLessons(text: string, code: string): readonly Lesson[] {
  if (text === "") return [];
  const lessons: Lesson[] = [];
  for (const item of text.split("~")) {
    const [, label, times, other] = /^(\d)\.(\d{1,3})(?:\.([\w-]{8,1200}))?$/.exec(item) ?? [];
    const of = other ?? code;
    if (label === undefined || of === "" || Number(times) < 1) return [];
    lessons.push({ code: of, label: Number(label), times: Number(times) });
  }
  return lessons;
}
