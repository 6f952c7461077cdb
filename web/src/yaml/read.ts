// A YAML file of the subset that build_tools/source reads: the same values, the same refusals, in the same sentences.
import type { Value } from "../value.ts";
import { compose } from "./compose.ts";
import { trapAtSight } from "./decode.ts";
import { type Fault, faultOf, type Reading } from "./fault.ts";

export interface Read {
  readonly value: Value;
  /** Why there is no value. */
  readonly faults: Fault[];
  /** Whether it holds remarks that would not be written again. */
  readonly remarks: boolean;
}

/** What `text` says; `reading` holds the sentences, `own` the remarks that are written again anyway (`remarksOf`). */
export function read(text: string, reading: Reading, own: ReadonlySet<string> = new Set()): Read {
  const normal = text.replace(/\r\n?/g, "\n");
  const trap = trapAtSight(normal);
  const { value, traps, remarks } = trap ? { value: null, traps: [trap], remarks: [] } : compose(normal);
  return {
    value: traps.length > 0 ? null : value,
    faults: traps.map((found) => faultOf(found, normal, reading)),
    remarks: remarks.some((remark) => !own.has(remark)),
  };
}
