// What `build_tools.checks.catalogue` hands over, and how a broken rule becomes its sentence.
import type { Schema } from "../schema.ts";
import type { Pointer, Value } from "../value.ts";

type Named = { readonly [name: string]: string };

export interface Rule {
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly hint: string;
  readonly clause?: string;
  readonly phrases?: Named;
  readonly patterns?: Named;
}

/** One side of a constraint: the fields that are added up, and the sum of its constants. */
export interface Side {
  readonly varying: readonly { readonly path: Pointer; readonly month: boolean }[];
  readonly fixed: number;
}

export interface Constraint {
  readonly code: string;
  readonly at: Pointer;
  readonly operator: string;
  readonly missing: string;
  readonly months: boolean;
  readonly left: Side;
  readonly right: Side;
}

/** Months are counted from the year 0, as 12 * year + month. */
export interface Checks {
  readonly rules: { readonly [code: string]: Rule };
  readonly constraints: readonly Constraint[];
  readonly word: string;
  readonly decimal: string;
  readonly untitled: string;
  readonly present: string;
  readonly earliest: number;
  readonly deadline: number;
  readonly issued: number | null;
  readonly counters: readonly string[];
  /** The folder that photos and materials stand in; empty where the campaign names none. */
  readonly attachments: string;
  readonly traits: Named;
  readonly ethnicities: {
    readonly names: readonly string[];
    readonly outside: readonly string[];
    readonly suffix: string;
  };
  readonly keys: readonly [string, string];
  readonly personal: {
    readonly digits: readonly [string, string];
    readonly weights: readonly number[];
    readonly checks: string;
  };
  readonly limits: {
    readonly alike: number;
    readonly choices: number;
    readonly findings: number;
    readonly topic: number;
  };
}

/** One document, and all that a rule may look at. `traits` are its unit's. */
export interface Judged {
  readonly value: Value;
  readonly schema: Schema;
  readonly checks: Checks;
  readonly traits: readonly string[];
}

export type Words = { readonly [name: string]: string | number };

/** A rule broken at a place; `key` points at the field's name instead of its value. */
export interface Fault {
  readonly code: string;
  readonly path: Pointer;
  readonly words?: Words;
  readonly key?: boolean;
}

export type Faults = Generator<Fault>;

/** A template with its `{placeholders}` filled; `{{` and `}}` stand for braces. */
export function fill(template: string, words: Words): string {
  return template.replace(/\{\{|\}\}|\{(\w+)\}/g, (found, name?: string) =>
    name === undefined ? found[0]! : String(words[name]),
  );
}

export function phrase(checks: Checks, code: string, name: string, words: Words = {}): string {
  return fill(checks.rules[code]!.phrases![name]!, words);
}

/** A title as it stands between quotation marks: its own become single ones. */
export function innerQuotes(text: string): string {
  return text.replace(/“/g, "‘").replace(/”/g, "’");
}

const compiled = new Map<string, RegExp>();

/** The pattern of that source, compiled once. */
export function regex(source: string): RegExp {
  let pattern = compiled.get(source);
  if (!pattern) {
    pattern = new RegExp(source, "u");
    compiled.set(source, pattern);
  }
  return pattern;
}

/** The groups of `source` where it is all of `text`. */
export function whole(source: string, text: string): RegExpExecArray | null {
  return regex(`^(?:${source})$`).exec(text);
}

export function patternOf(checks: Checks, code: string, name: string): string {
  return checks.rules[code]!.patterns![name]!;
}

/** The half-sentence that goes with the first pattern of the rule found in `text`; `other` when none is. */
export function firstFault(checks: Checks, code: string, text: string): string {
  const { phrases = {}, patterns = {} } = checks.rules[code]!;
  const name = Object.keys(patterns).find((each) => phrases[each] && regex(patterns[each]!).test(text));
  return phrases[name ?? "other"]!;
}

/** `text` with each character of the first list as the one that stands in its place in the second. */
export function translated(text: string, [from, to]: readonly [string, string]): string {
  return text.replace(/./gsu, (character) => to[from.indexOf(character)] ?? character);
}

/** `YYYY-MM` as months since the year 0; `null` for anything else. */
export function monthNumber(checks: Checks, text: Value | undefined): number | null {
  const found = typeof text === "string" && whole(patternOf(checks, "F01", "month"), text);
  return found ? Number(found[1]) * 12 + Number(found[2]) : null;
}
