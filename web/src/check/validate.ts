// A document against its schema. Whether a value breaks a word of it is for @cfworker/json-schema to say, one word at a
// time and in the schema's order, so that what is found is what build_tools/schema/validate.py finds.
import { dereference, validate as judge } from "@cfworker/json-schema";
import { has, isPart, type Part, type Schema, target, typesOf } from "../schema.ts";
import { isMapping, jsonPointer, type Mapping, type Pointer, type Value } from "../value.ts";
import type { Checks, Fault, Faults, Judged } from "./checks.ts";
import { TOLD, unknown } from "./told.ts";

type Lookup = ReturnType<typeof dereference>;

/** The first of the faults that the schema finds, each once. */
export function validate({ value, schema, checks }: Judged): Fault[] {
  const seen = new Set<string>();
  const found: Fault[] = [];
  for (const fault of new Walk(schema, checks).all(counted(value))) {
    const mark = `${fault.code} ${jsonPointer(fault.path)} ${fault.words?.key ?? ""}`;
    if (seen.has(mark)) continue;
    seen.add(mark);
    found.push(fault);
    if (found.length === checks.limits.findings) break;
  }
  return found;
}

/** `value` with every whole number as text that stands where `part` of the schema takes only text. */
export function worded(value: Value, schema: Schema, part: unknown): Value {
  const { properties = {}, additionalProperties, items, ...rest } = schema.resolve(part);
  if (Array.isArray(value)) return value.map((entry) => worded(entry, schema, items));
  if (isMapping(value))
    return mapped(value, (entry, key) =>
      worded(entry, schema, has(properties, key) ? properties[key] : additionalProperties),
    );
  const kinds = typesOf(rest);
  const textOnly = kinds.length > 0 && kinds.every((kind) => kind === "string" || kind === "null");
  return (typeof value === "number" || typeof value === "bigint") && textOnly ? String(value) : value;
}

/** `value` with numbers that a float holds, or nearly; a whole number stays a whole number. */
function counted(value: Value): Value {
  if (typeof value === "bigint") {
    const most = Number.MAX_VALUE;
    return Math.min(most, Math.max(-most, Number(value)));
  }
  if (Array.isArray(value)) return value.map(counted);
  return isMapping(value) ? mapped(value, counted) : value;
}

function mapped(value: Mapping, change: (entry: Value, key: string) => Value): Mapping {
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, change(entry, key)]));
}

const bare = new WeakMap<Schema, readonly [Part, Lookup]>();

/** The schema without its name, its formats (rules of their own) and patterns that only Python can read. */
function bareOf(schema: Schema): readonly [Part, Lookup] {
  let found = bare.get(schema);
  if (!found) {
    const root = JSON.parse(
      JSON.stringify(schema.root, (word, wanted: unknown) =>
        typeof wanted === "string" &&
        (word === "format" || word === "$id" || (word === "pattern" && !compiled(wanted)))
          ? undefined
          : wanted,
      ),
    );
    found = [root, dereference(root)];
    bare.set(schema, found);
  }
  return found;
}

/** A pattern of the schema; nothing for one that only Python can read. */
function compiled(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern, "u");
  } catch {
    return undefined;
  }
}

/** One validation: goes through value and schema side by side. */
class Walk {
  private readonly root: Part;
  private readonly lookup: Lookup;
  private readonly checks: Checks;

  constructor(schema: Schema, checks: Checks) {
    [this.root, this.lookup] = bareOf(schema);
    this.checks = checks;
  }

  all(value: Value): Faults {
    return this.faults(value, this.root, []);
  }

  private holds(value: Value, part: object): boolean {
    return judge(value, part, "2020-12", this.lookup).valid;
  }

  /** What `part` and all below it say of `value`, in the order of the schema. */
  private *faults(value: Value, part: unknown, path: Pointer): Faults {
    for (const [word, wanted] of isPart(part) ? Object.entries(part) : []) {
      const tell = TOLD[word];
      if (tell) {
        const beside = word === "contains" ? part : {};
        const { minContains, maxContains } = beside as Part;
        if (!this.holds(value, { [word]: wanted, minContains, maxContains }))
          yield* tell({ checks: this.checks, path, word, wanted, value, part: part as Part });
      } else yield* this.inner(value, word, wanted, part as Part, path);
    }
  }

  private *inner(value: Value, word: string, wanted: unknown, part: Part, path: Pointer): Faults {
    if (word === "$ref") yield* this.faults(value, target(this.root, wanted as string), path);
    else if (word === "allOf") for (const each of wanted as Part[]) yield* this.faults(value, each, path);
    else if (word === "if")
      yield* this.faults(value, this.holds(value, wanted as Part) ? part.then : part.else, path);
    else if (Array.isArray(value)) {
      const first = (part.prefixItems ?? []) as Part[];
      for (const [index, entry] of value.entries())
        if (word === "prefixItems" || (word === "items" && index >= first.length))
          yield* this.faults(entry, word === "items" ? wanted : first[index], [...path, index]);
    } else if (isMapping(value)) yield* this.named(value, word, wanted, part, path);
  }

  private *named(value: Mapping, word: string, wanted: unknown, part: Part, path: Pointer): Faults {
    const { properties = {}, patternProperties = {} } = part;
    const keys = Object.keys(value);
    if (word === "properties" || word === "dependentSchemas") {
      for (const [key, each] of Object.entries(wanted as object))
        if (has(value, key))
          yield* word === "properties"
            ? this.faults(value[key]!, each, [...path, key])
            : this.faults(value, each, path);
    } else if (word === "patternProperties") {
      for (const [pattern, each] of Object.entries(wanted as object))
        for (const key of keys.filter((name) => compiled(pattern)?.test(name)))
          yield* this.faults(value[key]!, each, [...path, key]);
    } else if (word === "propertyNames") {
      for (const key of keys)
        for (const _ of this.faults(key, wanted, [...path, key]))
          yield unknown(this.checks, key, path, ((wanted as Part).enum ?? []) as string[]);
    } else if (word === "additionalProperties") {
      const patterns = Object.keys(patternProperties as object);
      for (const key of keys.filter((name) => !has(properties, name)))
        if (!patterns.some((pattern) => compiled(pattern)?.test(key)))
          if (wanted === false) yield unknown(this.checks, key, path, Object.keys(properties));
          else yield* this.faults(value[key]!, wanted, [...path, key]);
    }
  }
}
