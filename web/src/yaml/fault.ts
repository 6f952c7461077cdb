// What is wrong with a file, in the sentences of build_tools/source/rules.py.

/** Rule to its sentences, with `{words}` to fill in: `desk.reading`, made by `build_tools.source.reading`. */
export interface Reading {
  readonly [code: string]: { readonly message: string; readonly hint: string };
}

/** Why a file cannot be read. `line` and `column` count characters from 1. */
export interface Fault {
  readonly code: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint: string;
}

/** A fault where it stands in a text: `at` counts as JavaScript does. `code` may name a case: `Y01 gbk`. */
export interface Trap {
  readonly code: string;
  readonly at: number;
  readonly words?: { readonly [name: string]: string | number };
}

/** The fault that a person reads. */
export function faultOf(trap: Trap, text: string, reading: Reading): Fault {
  const before = text.slice(0, trap.at);
  const said = reading[trap.code];
  const fill = (sentence = "") =>
    sentence.replace(/\{(\w+)\}/g, (_, name: string) => String(trap.words?.[name] ?? ""));
  return {
    code: trap.code.slice(0, 3),
    line: before.split("\n").length,
    column: Array.from(before.slice(before.lastIndexOf("\n") + 1)).length + 1,
    message: fill(said?.message),
    hint: fill(said?.hint),
  };
}
