// What is wrong with a document: the same sentences at the same places as build_tools/checks/unit.py, in the form's order.
import type { Schema } from "../schema.ts";
import { jsonPointer, type Mapping, type Pointer, type Value, valueAt } from "../value.ts";
import { arithmetic } from "./arithmetic.ts";
import { career } from "./career.ts";
import {
  type Checks,
  type Fault,
  type Faults,
  fill,
  innerQuotes,
  type Judged,
  patternOf,
  phrase,
  regex,
  whole,
} from "./checks.ts";
import * as fields from "./fields.ts";
import * as texts from "./texts.ts";
import { validate, worded } from "./validate.ts";

export type { Checks } from "./checks.ts";

export interface Finding {
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly path: Pointer;
  readonly pointer: string;
  readonly message: string;
  readonly hint: string;
  readonly clause: string;
  readonly answered: boolean;
}

const WRONG: readonly ((judged: Judged) => Iterable<Fault>)[] = [texts.forbidden, validate, texts.unanswered];

const RULES: readonly ((judged: Judged) => Faults)[] = [
  fields.months,
  fields.ethnicity,
  fields.personName,
  fields.phone,
  fields.blankCounter,
  fields.notApplicable,
  fields.mixedNotApplicable,
  career,
  texts.strayTexts,
  texts.tooManyWords,
  texts.topicsMissing,
  fields.pathOutside,
  arithmetic,
];

/** Everything that can be said of one document on its own; `traits` are its unit's. Values are not quoted. */
export function check(value: Value, schema: Schema, checks: Checks, traits: readonly string[]): Finding[] {
  const judged: Judged = { value: worded(value, schema, schema.root), schema, checks, traits };
  return findings(judged, stages(judged));
}

/**
 * The same of a document that is not finished: what its schema lets pass is held against the rules already, while other
 * fields are still empty or wrong. Of a valid document it says what `check` says.
 */
export function checkSoFar(
  value: Value,
  schema: Schema,
  checks: Checks,
  traits: readonly string[],
): Finding[] {
  const judged: Judged = { value: worded(value, schema, schema.root), schema, checks, traits };
  const wrong = WRONG.flatMap((stage) => [...stage(judged)]).filter(saidOnce);
  const sound = wrong.reduce((left, fault) => without(left, fault.path), judged.value);
  const rules = sound === null ? [] : RULES.flatMap((rule) => [...rule({ ...judged, value: sound })]);
  // What is wrong was taken away: it is not empty for that.
  const others = rules.filter(
    ({ path }) => !wrong.some((fault) => fault.path.every((step, at) => path[at] === step)),
  );
  return findings(judged, [...wrong, ...others]);
}

/** Two stages may find the same: a text of nothing is too short, and no answer. */
function saidOnce({ code, path }: Fault, index: number, all: readonly Fault[]): boolean {
  const mark = code + jsonPointer(path);
  return all.findIndex((other) => other.code + jsonPointer(other.path) === mark) === index;
}

/** `value` with nothing at `path`. */
function without(value: Value, path: Pointer): Value {
  const [step, ...rest] = path;
  if (step === undefined) return null;
  if (valueAt(value, [step]) === undefined) return value;
  const inner = without(valueAt(value, [step])!, rest);
  if (Array.isArray(value)) return value.map((part, index) => (index === step ? inner : part));
  return { ...(value as Mapping), [step]: inner };
}

function findings(judged: Judged, faults: readonly Fault[]): Finding[] {
  return faults
    .map((fault) => ({ place: placeOf(judged, fault), ...finding(judged, fault) }))
    .sort((one, other) => compared(one.place, other.place) || byCode(one, other))
    .map(({ place, ...found }) => found);
}

/** A document that cannot be read is not validated, and only one that is valid is held against the rules. */
function stages(judged: Judged): Fault[] {
  for (const stage of WRONG) {
    const found = [...stage(judged)];
    if (found.length > 0) return found;
  }
  return RULES.flatMap((rule) => [...rule(judged)]);
}

function finding({ value, schema, checks }: Judged, fault: Fault): Finding {
  const { code, path, words = {} } = masked(fault, checks);
  const rule = checks.rules[code]!;
  const title = innerQuotes(schema.titleAt(path) || checks.untitled);
  const note = valueAt(value, ["notes", String(path[0])]);
  return {
    code,
    severity: rule.severity,
    path,
    pointer: jsonPointer(path),
    message: fill(rule.message, { title, ...words }),
    hint: fill(rule.hint, { title, ...words }),
    clause: rule.clause ?? schema.clauseAt(path),
    answered: rule.severity === "warning" && typeof note === "string" && regex(checks.word).test(note),
  };
}

/** Where the name of a field should stand, a person's own words may: shown only when plain and nearly that of a field. */
function masked(fault: Fault, checks: Checks): Fault {
  const { guess = "", key = "" } = fault.words ?? {};
  const shown = guess && whole(patternOf(checks, "S02", "plain"), String(key));
  if (fault.code !== "S02" || shown) return fault;
  const words = { guess, key: phrase(checks, "S02", "hidden") };
  return { ...fault, path: [...fault.path.slice(0, -1), "?"], words };
}

/** Where a fault stands in the form: a number a step, what the form does not know behind the rest; a name, then its value. */
function placeOf({ value, schema }: Judged, { path, key }: Fault): number[] {
  const place = path.map((step, index) => {
    if (typeof step === "number") return step;
    const above = path.slice(0, index);
    const names = Object.keys(schema.at(above).properties ?? {});
    return names.includes(step)
      ? names.indexOf(step)
      : names.length + Object.keys(valueAt(value, above) ?? {}).indexOf(step);
  });
  return [...place, key ? -2 : -1];
}

function compared(one: readonly number[], other: readonly number[]): number {
  const index = one.findIndex((step, at) => step !== other[at]);
  return index < 0 ? 0 : one[index]! - other[index]!;
}

function byCode(one: Finding, other: Finding): number {
  return one.code < other.code ? -1 : Number(one.code > other.code);
}
