// What a visitor's copy of a network has been taught, as a word for addresses and questions: "7.3~1.2.CODE" is three
// training steps on the picture itself as a 7, then two on another picture as a 1. Pure.

/** Training steps on one picture with one label. */
export interface Lesson {
  /** The picture's word. */
  readonly code: string;
  readonly label: number;
  readonly times: number;
}

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
