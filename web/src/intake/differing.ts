// In which fields two contents of one document differ, by the form's own words.

import type { Drafting } from "../drafting.ts";
import { isMapping, type Mapping, type Value } from "../value.ts";
import { read } from "../yaml/read.ts";
import type { Standing } from "./contract.ts";
import { digestOf } from "./print.ts";
import type { Session } from "./session.ts";

const MOST = 5;

/** `改了 2 栏：集体名称、主要事迹`: how the form differs from `yaml`; empty where it does not, or it cannot be read. */
export function differing(drafting: Drafting, yaml: string): string {
  const { schema } = drafting.entry;
  const keys = keysOf(drafting, yaml) || [];
  const names = keys.slice(0, MOST).map((key) => String(schema.at([key]).title || "情况说明"));
  return keys.length ? `改了 ${keys.length} 栏：${names.join("、")}${keys.length > MOST ? "等" : ""}` : "";
}

/** Whether the form says what was received last: of what came by git, too, where it may be written down otherwise. */
export async function isReceived(
  session: Session,
  drafting: Drafting,
  { digest }: Standing,
): Promise<boolean> {
  if (digest === (await digestOf(drafting.yaml))) return true;
  try {
    const keys = keysOf(drafting, await session.sent(drafting.document));
    return !!keys && !keys.length;
  } catch (_) {
    return false;
  }
}

/** The fields that `yaml` has otherwise than the form; nothing where one of them cannot be read. */
function keysOf(drafting: Drafting, yaml: string): string[] | null {
  const { desk, schema } = drafting.entry;
  const [mine, other] = [drafting.yaml, yaml].map((text) => read(text, desk.reading).value);
  if (!isMapping(mine) || !isMapping(other)) return null;
  return Object.keys({ ...(schema.root.properties as Mapping), ...other }).filter(
    (key) => !same(mine[key], other[key]),
  );
}

/** What is left open says the same as what is not there. */
function same(one: Value | undefined, other: Value | undefined): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: Value | undefined): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  // A form's long text ends in a line break, a file's need not.
  if (!isMapping(value)) return value == null ? "" : JSON.stringify(String(value).replace(/\n+$/, ""));
  return `{${Object.keys(value)
    .sort()
    .map((key) => key + canonical(value[key]))
    .join()}}`;
}
