// What a broken word of the schema means in Chinese, as build_tools/schema/validate.py has it.
import { has, type Json, type Part, typesOf } from "../schema.ts";
import type { Mapping, Pointer, Value } from "../value.ts";
import { lengthOf, stripped } from "../wordcount.ts";
import { type Checks, type Fault, type Faults, patternOf, phrase, regex, whole } from "./checks.ts";
import { common } from "./likeness.ts";

/** A word of the schema that `value` breaks. */
export interface Broken {
  readonly checks: Checks;
  readonly path: Pointer;
  readonly word: string;
  readonly wanted: unknown;
  readonly value: Value;
  readonly part: Part;
}

type Tell = (broken: Broken) => Faults;

function* required({ wanted, value, path }: Broken): Faults {
  for (const name of wanted as string[])
    if (!has(value as Mapping, name)) yield { ...blank([...path, name]), key: false };
}

function* type(broken: Broken): Faults {
  const { checks, path, value, wanted } = broken;
  if (value === null && path.length > 0) {
    yield blank(path);
    return;
  }
  const say = (name: string): string => phrase(checks, "S03", name);
  const named = typesOf({ type: wanted as string }).filter((kind) => kind !== "null");
  const kinds = named.length > 0 ? named : ["null"];
  const counts = kinds.includes("integer") || kinds.includes("number");
  const text = typeof value === "string" ? value : "";
  const is = (name: string): boolean => counts && whole(patternOf(checks, "S03", name), text) !== null;
  if (is("huge")) {
    yield* numberRange(broken); // the reader leaves it a text
    return;
  }
  const quoted = is("whole_number");
  let mend = `mend_${kinds[0]}`;
  if (!checks.rules.S03!.phrases![mend]) mend = "mend";
  if (quoted) mend = "unquote";
  if (kinds.includes("object") && regex(patternOf(checks, "S03", "pair")).test(text)) mend = "colon";
  const expected = kinds.map(say).join(say("or"));
  const actual = quoted ? "quoted" : is("decimal") ? "decimal" : kindOf(value);
  yield { code: "S03", path, words: { expected, actual: say(actual), mend: say(mend) } };
}

function* choice({ checks, path, word, value, wanted }: Broken): Faults {
  if (value === null) {
    yield blank(path);
    return;
  }
  const all = word === "enum" ? (wanted as Json[]) : [wanted as Json];
  let choices = all
    .slice(0, checks.limits.choices)
    .map(shown)
    .join(phrase(checks, "S04", "and"));
  if (typeof value === "string" && all.includes(stripped(value))) choices += phrase(checks, "S04", "trim");
  yield { code: "S04", path, words: { choices } };
}

function* textLength({ checks, path, value, part }: Broken): Faults {
  if (!value) {
    yield blank(path);
    return;
  }
  const { minLength: low = 0, maxLength: high } = part;
  const name = low === high ? "exactly" : high === undefined ? "at_least" : "between";
  const range = phrase(checks, "S05", name, { low, high: high ?? "" });
  const mend = low === high ? example(checks, "S05", part) : phrase(checks, "S05", "mend");
  yield { code: "S05", path, words: { length: lengthOf(value as string), range, mend } };
}

function* textForm({ checks, path, value, part }: Broken): Faults {
  const quoted = isNumber(checks, value) && (part.type ?? []).includes("integer");
  const mend = quoted ? phrase(checks, "S06", "unquote") : example(checks, "S06", part);
  yield { code: "S06", path, words: { mend } };
}

function* numberRange({ checks, path, part: { minimum: low, maximum: high } }: Broken): Faults {
  const above = high === undefined ? "at_least" : "between";
  const name = low !== undefined ? above : high === undefined ? "otherwise" : "at_most";
  const range = phrase(checks, "S07", name, { low: low ?? "", high: high ?? "" });
  yield { code: "S07", path, words: { range } };
}

function* entryCount({ checks, path, word, wanted, value }: Broken): Faults {
  const name = word === "uniqueItems" ? "unique" : word.startsWith("min") ? "at_least" : "at_most";
  const expected = phrase(checks, "S08", name, { wanted: wanted as number });
  yield { code: "S08", path, words: { length: Object.keys(value as object).length, expected }, key: true };
}

function* unsuitable({ checks, path, part }: Broken): Faults {
  yield { code: "S09", path, words: { mend: example(checks, "S09", part) } };
}

/** By the word that is broken. Those that only lead to other words are none of these. */
export const TOLD: { readonly [word: string]: Tell | undefined } = {
  required,
  type,
  enum: choice,
  const: choice,
  minLength: textLength,
  maxLength: textLength,
  pattern: textForm,
  minimum: numberRange,
  maximum: numberRange,
  exclusiveMinimum: numberRange,
  exclusiveMaximum: numberRange,
  minItems: entryCount,
  maxItems: entryCount,
  uniqueItems: entryCount,
  minProperties: entryCount,
  maxProperties: entryCount,
  anyOf: unsuitable,
  oneOf: unsuitable,
  not: unsuitable,
  contains: unsuitable,
  multipleOf: unsuitable,
  dependentRequired: unsuitable,
};

function blank(path: Pointer): Fault {
  return { code: "S01", path, words: { how: "", field: path[path.length - 1] ?? "" }, key: true };
}

export function unknown(checks: Checks, key: string, path: Pointer, known: readonly string[]): Fault {
  const likeness = (name: string): number =>
    (200 * common(key, name)) / (lengthOf(key) + lengthOf(name)) || 0;
  let best = "";
  for (const name of known)
    if (likeness(name) >= checks.limits.alike && (!best || likeness(name) > likeness(best))) best = name;
  const guess = best && phrase(checks, "S02", "guess", { best });
  return { code: "S02", path: [...path, key], words: { key, guess }, key: true };
}

/** Whether `value` is a text that would be a whole number without its quotation marks. */
function isNumber(checks: Checks, value: Value): boolean {
  return typeof value === "string" && whole(patternOf(checks, "S03", "whole_number"), value) !== null;
}

function kindOf(value: Value): string {
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}

/** A value of the schema as a clerk writes it. */
function shown(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function example(checks: Checks, code: string, { description = "", examples = [] }: Part): string {
  const told = stripped(description);
  if (examples.length > 0) return told + phrase(checks, code, "example", { example: shown(examples[0]!) });
  return told || phrase(checks, code, "template");
}
