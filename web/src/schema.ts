// A JSON Schema that answers what the form pages ask, as Python's `build_tools.schema.Schema` does.
import { isMapping, type Pointer, type Value } from "./value.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** One schema or a part of it. Words that are not listed here (our own `x-` words) are read as unknown. */
export interface Part {
  readonly [word: string]: unknown;
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly properties?: { readonly [name: string]: Part };
  readonly additionalProperties?: boolean | Part;
  readonly items?: boolean | Part;
  readonly required?: readonly string[];
  readonly enum?: readonly Json[];
  readonly examples?: readonly Json[];
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly "x-clause"?: string;
  readonly "x-long"?: boolean;
  readonly "x-max-words"?: number;
  readonly "x-not-applicable"?: string;
  readonly "x-topics"?: readonly string[];
  readonly "x-unit"?: string;
}

/** A node of the schema: where it stands (`*` for list entries) and what it says. */
export interface Field {
  readonly path: readonly string[];
  readonly part: Part;
}

export const EACH = "*";

export class Schema {
  readonly root: Part;
  readonly fields: readonly Field[];

  constructor(root: Part) {
    this.root = root;
    this.fields = [...this.below([], root)];
  }

  /** `part` with a local `$ref` followed; words beside the reference win. A part that is no mapping says nothing. */
  resolve(part: unknown): Part {
    if (!isPart(part)) return {};
    if (typeof part.$ref !== "string" || part.$ref[0] !== "#") return part;
    const { $ref, ...beside } = part;
    return { ...this.resolve(target(this.root, $ref)), ...beside };
  }

  /** What governs `path`; `{}` where the schema says nothing. */
  at(path: Pointer): Part {
    let part: unknown = this.root;
    for (const step of path) {
      const { properties = {}, items, additionalProperties } = this.resolve(part);
      if (typeof step === "string" && has(properties, step)) part = properties[step];
      else part = typeof step === "number" || step === EACH ? items : additionalProperties;
    }
    return this.resolve(part);
  }

  /** The form's word for `path`: its own title, else the nearest one around it; empty when there is none. */
  titleAt(path: Pointer): string {
    for (let length = path.length; length >= 0; length--) {
      const { title } = this.at(path.slice(0, length));
      if (title) return title;
    }
    return "";
  }

  /** The clause of the notice that `path` answers: its own, else the nearest one around it. */
  clauseAt(path: Pointer): string {
    for (let length = path.length; length >= 0; length--) {
      const clause = this.at(path.slice(0, length))["x-clause"];
      if (clause) return clause;
    }
    return "";
  }

  /** The fields that carry `annotation` (with `value`, when given), in the schema's order. */
  marked(annotation: string, value?: string): readonly Field[] {
    return this.fields.filter(
      ({ part }) => has(part, annotation) && (value === undefined || part[annotation] === value),
    );
  }

  private *below(path: readonly string[], reference: unknown): Generator<Field> {
    const { properties = {}, items } = this.resolve(reference);
    const inner: [string, unknown][] = Object.entries(properties);
    if (isPart(items)) inner.push([EACH, items]);
    for (const [step, child] of inner) {
      yield { path: [...path, step], part: this.resolve(child) };
      yield* this.below([...path, step], child);
    }
  }
}

export function has(mapping: object, key: string): boolean {
  return Object.prototype.hasOwnProperty.call(mapping, key);
}

export function isPart(part: unknown): part is Part {
  return typeof part === "object" && part !== null && !Array.isArray(part);
}

/** What a reference within the file (`#/$defs/id`) points to. */
export function target(root: Part, reference: string): unknown {
  let found: unknown = root;
  for (const step of reference.split("/").slice(1)) {
    const name = step.replace(/~1/g, "/").replace(/~0/g, "~");
    found =
      typeof found === "object" && found !== null && has(found, name) ? (found as Part)[name] : undefined;
  }
  return found;
}

/** The types that `part` itself names. */
export function typesOf(part: Part): readonly string[] {
  return typeof part.type === "string" ? [part.type] : (part.type ?? []);
}

/** Every value of `document` that matches `path`, with its place; missing parts match nothing. */
export function values(document: Value, path: readonly string[]): [Pointer, Value][] {
  let found: [Pointer, Value][] = [[[], document]];
  for (const step of path) {
    found = found.flatMap(([place, value]): [Pointer, Value][] => {
      if (step === EACH)
        return Array.isArray(value) ? value.map((entry, index) => [[...place, index], entry]) : [];
      return isMapping(value) && has(value, step) ? [[[...place, step], value[step]!]] : [];
    });
  }
  return found;
}

/** Every text in `value`, keys left out, with its place. */
export function* leaves(value: Value, place: Pointer = []): Generator<[Pointer, string]> {
  if (typeof value === "string") yield [place, value];
  else if (Array.isArray(value))
    for (const [index, part] of value.entries()) yield* leaves(part, [...place, index]);
  else if (isMapping(value))
    for (const [key, part] of Object.entries(value)) yield* leaves(part, [...place, key]);
}
