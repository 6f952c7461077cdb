// Text length as Word's 字数 counts it: what build_tools/wordcount.py counts, in code points.

// White space as Python knows it; ECMAScript's \s is another one.
const BLANK = "\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const PIECE = new RegExp(`[^${BLANK}]+`, "gu");
const ENDS = new RegExp(`^[${BLANK}]+|[${BLANK}]+$`, "gu");
const UNIT = /[\0-\xff]+|[^\0-\xff]/gu;
const HAN = /[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}]/gu;

/** `words`: Word's 字数. `characters`: without white space. `han`: Chinese characters only. */
export interface Count {
  readonly words: number;
  readonly characters: number;
  readonly han: number;
}

export function count(text: string): Count {
  const parts = pieces(text);
  return {
    words: total(parts, (part) => matches(part, UNIT)),
    characters: total(parts, lengthOf),
    han: matches(text, HAN),
  };
}

/** `text` taken apart at white space. */
export function pieces(text: string): string[] {
  return text.match(PIECE) ?? [];
}

/** `text` without white space at its ends. */
export function stripped(text: string): string {
  return text.replace(ENDS, "");
}

/** Code points, so that a rare character is as long as it looks. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length++;
  return length;
}

function matches(text: string, pattern: RegExp): number {
  return (text.match(pattern) ?? []).length;
}

function total(parts: readonly string[], measure: (part: string) => number): number {
  return parts.reduce((sum, part) => sum + measure(part), 0);
}
