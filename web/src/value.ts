// A document as the reader of the repository gives it: plain decimal integers are numbers, everything else is text.

export type Value = null | boolean | number | bigint | string | Value[] | Mapping;
export interface Mapping {
  [key: string]: Value;
}
export type Pointer = readonly (string | number)[];

export function isMapping(value: Value | undefined): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What stands at `path`; `undefined` when there is nothing, whatever stands on the way. */
export function valueAt(document: Value | undefined, path: Pointer): Value | undefined {
  let value = document;
  for (const part of path) {
    if (Array.isArray(value) && typeof part === "number") value = value[part];
    else if (
      isMapping(value) &&
      typeof part === "string" &&
      Object.prototype.hasOwnProperty.call(value, part)
    )
      value = value[part];
    else return undefined;
  }
  return value;
}

/** RFC 6901: `["a/b", 0]` gives `/a~1b/0`. */
export function jsonPointer(path: Pointer): string {
  return path.map((part) => `/${String(part).replace(/~/g, "~0").replace(/\//g, "~1")}`).join("");
}
