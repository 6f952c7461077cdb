// What is written in words: answers without a word, placeholders, stray characters, length and topics.
import { leaves, type Schema, values } from "../schema.ts";
import { isMapping, type Pointer } from "../value.ts";
import { count, lengthOf } from "../wordcount.ts";
import { type Checks, type Faults, type Judged, patternOf, phrase, regex, translated } from "./checks.ts";
import { common } from "./likeness.ts";

/** Characters that no file may hold; half a character would become one of them. */
export function* forbidden({ value, checks }: Judged): Faults {
  const pattern = regex(`${patternOf(checks, "Y02", "forbidden")}|[\\ud800-\\udfff]`);
  for (const [path, text] of leaves(value)) {
    const found = pattern.exec(text);
    if (found) {
      const name = `U+${found[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;
      yield { code: "Y02", path, words: { name } };
    }
  }
}

/** Each text that must not be empty and holds no word. */
export function* unanswered({ value, schema, checks }: Judged): Faults {
  const how = phrase(checks, "S01", "no_word");
  for (const [path, text] of leaves(value))
    if (!regex(checks.word).test(text) && mustBeAnswered(schema, path))
      yield { code: "S01", path, key: true, words: { how, field: path[path.length - 1] ?? "" } };
}

function mustBeAnswered(schema: Schema, path: Pointer): boolean {
  const wanted = schema.at(path);
  if ("enum" in wanted || "const" in wanted) return false;
  const last = path[path.length - 1];
  const { required = [] } = schema.at(path.slice(0, -1));
  return (wanted.minLength ?? 0) > 0 || (typeof last === "string" && required.includes(last));
}

export function* strayTexts({ value, schema, checks }: Judged): Faults {
  const at = (code: string, name: string, text: string): number => {
    const found = regex(patternOf(checks, code, name)).exec(text);
    return found ? positionOf(text, found.index) : 0;
  };
  for (const [path, text] of leaves(value)) {
    const { format, "x-long": long } = schema.at(path);
    const placeholder = at("F11", "placeholder", text);
    if (placeholder) yield { code: "F11", path, words: { position: placeholder } };
    const position = at("F14", "private", text);
    if (position) yield { code: "F14", path, words: { position } };
    if (long !== true) {
      const name = ["zero_width", "ends"].find((each) => at("F13", each, text));
      if (name) yield { code: "F13", path, words: { reason: phrase(checks, "F13", name) } };
    }
    if (format !== "phone") yield* personal(checks, path, text);
  }
}

/** The first identity number and the first mobile number. */
function* personal(checks: Checks, path: Pointer, text: string): Faults {
  const { digits } = checks.personal;
  const plain = translated(text, digits);
  for (const name of ["identity", "mobile"]) {
    const pattern = new RegExp(patternOf(checks, "F18", name), "gu");
    let found = pattern.exec(plain);
    while (found && name === "identity" && !isIdentity(checks, found[1])) found = pattern.exec(plain);
    if (found) {
      const words = { kind: phrase(checks, "F18", name), position: positionOf(plain, found.index) };
      yield { code: "F18", path, words };
    }
  }
}

/** A number of 18 places ends in a check digit (ISO 7064, MOD 11-2); one of 15 has none. */
function isIdentity({ personal }: Checks, long: string | undefined): boolean {
  if (long === undefined) return true;
  const places = long.replace(/[ -]/g, "");
  const total = personal.weights.reduce((sum, weight, index) => sum + weight * Number(places[index]), 0);
  return places[places.length - 1] === personal.checks[total % 11];
}

export function* tooManyWords({ value, schema, checks }: Judged): Faults {
  for (const { path, part } of schema.marked("x-max-words"))
    for (const [place, written] of values(value, path)) {
      const limit = part["x-max-words"]!;
      const counted = count([...leaves(written)].map(([, text]) => text).join("\n"));
      const said = phrase(checks, "F12", "count", { ...counted });
      if (counted.words > limit) yield { code: "F12", path: place, key: true, words: { count: said, limit } };
    }
}

export function* topicsMissing({ value, schema, checks }: Judged): Faults {
  for (const { path, part } of schema.marked("x-topics"))
    for (const [place, sections] of values(value, path)) {
      if (!Array.isArray(sections)) continue;
      const headings = sections.filter(isMapping).map(({ topic }) => bare(checks, String(topic)));
      const missing = part["x-topics"]!.filter((topic) => !covered(checks, bare(checks, topic), headings));
      const topics = missing.join(phrase(checks, "F15", "and"));
      if (topics) yield { code: "F15", path: place, key: true, words: { topics } };
    }
}

function bare(checks: Checks, heading: string): string {
  const marks = new RegExp(patternOf(checks, "F15", "marks"), "gu");
  return heading.replace(regex(patternOf(checks, "F15", "numbering")), "").replace(marks, "");
}

function covered({ limits }: Checks, topic: string, headings: readonly string[]): boolean {
  return headings.some((heading) => {
    const size = common(topic, heading, true);
    const least = Math.min(lengthOf(topic), lengthOf(heading));
    return heading.includes(topic) || (size >= limits.topic && size * 2 >= least);
  });
}

/** Which character of `text`, counted from 1 in code points, stands at `index`. */
function positionOf(text: string, index: number): number {
  return lengthOf(text.slice(0, index)) + 1;
}
