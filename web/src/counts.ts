// 字数 as Word counts it, beside the text while it is written.

import { fill } from "./page.ts";
import type { Value } from "./value.ts";
import { count } from "./wordcount.ts";

/** Shows the three counts of `value` in `place`, and how much room is left of `limit` (0: there is none). */
export function showCount(place: HTMLElement, value: Value | undefined, limit: number): void {
  const texts: string[] = [];
  gather(value, texts);
  const counted = count(texts.join("\n"));
  const over = limit > 0 && counted.words > limit;
  const left = !limit
    ? ""
    : over
      ? `，超过 ${counted.words - limit} 字`
      : `，还可以写 ${limit - counted.words} 字`;
  place.classList.toggle("field__count--over", over);
  fill(
    place,
    `字数 ${counted.words}${limit ? ` / ${limit}` : ""}${left}（不计空格的字符 ${counted.characters}，其中汉字 ${counted.han}）`,
  );
}

function gather(value: Value | undefined, found: string[]): void {
  if (typeof value === "string") found.push(value);
  else if (Array.isArray(value)) for (const part of value) gather(part, found);
  else if (typeof value === "object" && value !== null) {
    for (const key of Object.keys(value)) gather(value[key], found);
  }
}
