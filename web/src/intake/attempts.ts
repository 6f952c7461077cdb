// An attempt to submit: one name for one content, kept until its receipt came, so that it may be sent any number of times.

import type { Kept } from "./kept.ts";
import { uuid } from "./print.ts";

export interface Attempt {
  id: string;
  unit: string;
  document: string;
  yaml: string;
  /** Upload ids by path. */
  files: Record<string, string>;
  /** The print of what the form showed, files included. */
  print: string;
  /** The receipt that stood before; empty for none. */
  before: string;
  /** Milliseconds since 1970. */
  made: number;
}

/** The attempt for this content: the one that is kept, if it is the same. Two tabs, or two clicks, get one. */
export function attemptFor(kept: Kept, wanted: Omit<Attempt, "id" | "made">): Promise<Attempt> {
  return kept.choose<Attempt>("attempt", wanted.unit, wanted.document, (old) =>
    old && sameContent(old, wanted) ? old : { ...wanted, id: uuid(), made: Date.now() },
  );
}

function sameContent(old: Attempt, wanted: Omit<Attempt, "id" | "made">): boolean {
  const list = (files: Record<string, string>) =>
    Object.keys(files)
      .sort()
      .map((path) => `${path} ${files[path]}`)
      .join("\n");
  return old.yaml === wanted.yaml && list(old.files) === list(wanted.files) && old.before === wanted.before;
}
