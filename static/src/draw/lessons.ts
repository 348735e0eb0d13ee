// What a visitor's copy of a network has been taught, as a word for addresses and questions: "7.3~1.2.CODE" is three
// training steps on the picture itself as a 7, then two on another picture as a 1. Pure.

import { aDigit } from "./why-words";

/** Training steps on one picture with one label. */
export interface Lesson {
  /** The picture's word. */
  readonly code: string;
  readonly label: number;
  readonly times: number;
}

/** More lessons than these are too long for an address, and for the server to take anew with every question. */
export const MOST_LESSONS = 20;
export const MOST_STEPS = 100;

/** The word of lessons; `code` is the picture it stands beside. */
export function lessonsText(lessons: readonly Lesson[], code: string): string {
  return lessons
    .map((lesson) => [lesson.label, lesson.times, ...(lesson.code === code ? [] : [lesson.code])].join("."))
    .join("~");
}

/** One more training step on a picture. */
export function taught(lessons: readonly Lesson[], code: string, label: number): readonly Lesson[] {
  const last = lessons.at(-1);
  if (last?.code === code && last.label === label) return [...lessons.slice(0, -1), { ...last, times: last.times + 1 }];
  return [...lessons, { code, label, times: 1 }];
}

/** The latest training step taken back. */
export function untaught(lessons: readonly Lesson[]): readonly Lesson[] {
  const last = lessons.at(-1);
  if (!last) return lessons;
  return last.times > 1 ? [...lessons.slice(0, -1), { ...last, times: last.times - 1 }] : lessons.slice(0, -1);
}

/** How many training steps they are. */
export function countOf(lessons: readonly Lesson[]): number {
  return lessons.reduce((sum, { times }) => sum + times, 0);
}

/** Whether one more training step on a picture is allowed. */
export function mayTeach(lessons: readonly Lesson[], code: string, label: number): boolean {
  return countOf(lessons) < MOST_STEPS && taught(lessons, code, label).length <= MOST_LESSONS;
}

/** What a picture was taught to be at last; null: nothing. */
export function labelOf(lessons: readonly Lesson[], code: string): number | null {
  return lessons.findLast((lesson) => lesson.code === code)?.label ?? null;
}

/** Lessons in words: "3 training steps on this picture as a 7". */
export function lessonWords({ code, label, times }: Lesson, here: string): string {
  const steps = times === 1 ? "1 training step" : `${times} training steps`;
  return `${steps} on ${code === here ? "this picture" : "another picture"} as ${aDigit(label)}`;
}
