// A career (`x-career`): a list of {from, to, text} in order, without gaps and overlaps.
import { values } from "../schema.ts";
import { isMapping, type Pointer, type Value } from "../value.ts";
import { type Checks, type Fault, type Faults, type Judged, monthNumber } from "./checks.ts";

/** The number people count it by, its first and its last month; without end while it lasts. */
interface Entry {
  readonly path: Pointer;
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

export function* career({ value, schema, checks }: Judged): Faults {
  for (const { path } of schema.marked("x-career"))
    for (const [place, list] of values(value, path)) {
      if (!Array.isArray(list)) continue;
      const entries = list.flatMap((raw, index) => entryOf(checks, raw, [...place, index], index + 1));
      yield* inOrder(entries);
      if (entries.length === list.length) yield* toTheEnd(entries, checks.issued);
    }
}

/** The entry, or nothing where a month cannot be read: that has a finding of its own. */
function entryOf(checks: Checks, raw: Value, path: Pointer, number: number): Entry[] {
  if (!isMapping(raw)) return [];
  const start = monthNumber(checks, raw.from);
  const end = raw.to === checks.present ? Infinity : monthNumber(checks, raw.to);
  return start === null || end === null ? [] : [{ path, number, start, end }];
}

function* inOrder(entries: readonly Entry[]): Faults {
  let above: Entry | undefined;
  let latest: Entry | undefined;
  for (const entry of entries) {
    if (entry.start > entry.end) {
      yield faultOf("F03", entry, entry, "to");
      continue;
    }
    if (above && latest) {
      if (entry.start < above.start) yield faultOf("F04", entry, above, "from");
      else if (latest.end === Infinity) yield faultOf("F07", entry, latest, "from");
      else if (entry.start < latest.end) yield faultOf("F06", entry, latest, "from");
      else if (entry.start - latest.end > 1) yield faultOf("F05", entry, latest, "from");
    }
    above = entry;
    if (!latest || entry.end > latest.end) latest = entry;
  }
}

function faultOf(code: string, entry: Entry, other: Entry, field: string): Fault {
  return { code, path: [...entry.path, field], words: { number: entry.number, other: other.number } };
}

/** Months that nothing is said of between the last entry's end and the month of the notice. */
function* toTheEnd(entries: readonly Entry[], issued: number | null): Faults {
  if (issued === null || entries.some((entry) => entry.start > entry.end)) return;
  const last = entries.find((entry) => entries.every((other) => other.end <= entry.end));
  if (last && issued - last.end > 1)
    yield { code: "F20", path: [...last.path, "to"], words: { number: last.number } };
}
