// What build_tools/source refuses and the library lets pass.
import type { Value } from "../value.ts";
import type { Trap } from "./fault.ts";

/** What each character of a text stands in; 0 for nothing in which blanks have a meaning of their own. */
export type Inside = Uint8Array;
export const QUOTED = 1;
export const FLOW = 2;
export const BLOCK = 3;

const WRONG_COLON = /^[ \u3000]*(?:- +)*[A-Za-z_]\w*(?:(：)|:(?=[^ /\n]))/m;
/** A tab where only spaces may stand: in front of a line, or behind its dashes. Last, whether there is more. */
const TAB = /^ *((?:- *)*)\t[ \t]*([^ \t\n]?)/gm;
const TAB_FIRST = /[|>][-+]?(?:[ \t]+#.*|[ \t]*)\n(?: *\n)* *\t/gy;
const COLON_FIRST = /^ *:(?=[ \t\n])/gm;

/** The first wrong colon of a text that has no right one, so that it reads as one sentence. */
export function wrongColons(text: string, value: Value): Trap[] {
  const wrong = typeof value === "string" && WRONG_COLON.exec(text);
  if (!wrong) return [];
  return [{ code: wrong[1] ? "Y05 wide" : "Y05 tight", at: wrong.index + wrong[0].length - 1 }];
}

/** The first tab in the place of spaces, and the first colon that is parted from its name. */
export function misplaced(text: string, inside: Inside): Trap[] {
  const found: Trap[] = [];
  for (const { index: at, 1: dashes, 2: more } of matches(TAB, text)) {
    if (dashes || !more ? inside[at] : inside[at] === BLOCK) continue;
    found.push({ code: dashes ? "Y05" : "Y11", at });
    break;
  }
  for (const { index: at } of matches(COLON_FIRST, text)) {
    if (inside[at]) continue;
    found.push({ code: "Y05", at });
    break;
  }
  return found;
}

/** Whether the text below the `|` at `start` begins with a tab, so that its indent cannot be told. */
export function beginsWithTab(text: string, start: number): boolean {
  TAB_FIRST.lastIndex = start;
  return TAB_FIRST.test(text);
}

/** Where a remark begins behind `end` on the same line; -1 where there is none. */
export function remarkBehind(text: string, end: number): number {
  let at = end;
  while (isBlank(text[at])) at++;
  return text[at] === "#" && isBlank(text[at - 1]) ? at : -1;
}

function* matches(pattern: RegExp, text: string): Generator<RegExpExecArray> {
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) yield match;
}

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\t";
}
