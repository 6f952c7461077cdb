// What a file holds and the form has no place for: shown and kept, and taken away only by the person's own hand.

import type { Entry } from "./entry.ts";
import { button, byId, el, fill } from "./page.ts";
import { isMapping, type Mapping, type Pointer, type Value, valueAt } from "./value.ts";

/** The places of values that the schema has no field for. */
export function strangers(entry: Entry): Pointer[] {
  const found: Pointer[] = [];
  walk(entry, [], entry.value, found);
  return found;
}

function walk(entry: Entry, path: Pointer, value: Value, found: Pointer[]): void {
  if (Array.isArray(value)) {
    value.forEach((part, index) => {
      walk(entry, [...path, index], part, found);
    });
    return;
  }
  if (!isMapping(value) || path[0] === "notes") return;
  const known = entry.schema.at(path).properties as Mapping | undefined;
  for (const key of Object.keys(value)) {
    const at = [...path, key];
    if (!known || known.hasOwnProperty(key)) {
      if (known) walk(entry, at, value[key]!, found);
    } else found.push(at);
  }
}

const MOST_SHOWN = 200;

/** A value as one line of text. */
export function shown(value: Value | undefined): string {
  const text =
    typeof value === "string"
      ? value
      : JSON.stringify(value, (_, part) => (typeof part === "bigint" ? String(part) : part)) || "";
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}……` : text;
}

/** Lists them in the form's last section. */
export function fillKept(entry: Entry): void {
  const box = byId("kept");
  if (!box) return;
  const paths = strangers(entry);
  box.hidden = !paths.length;
  if (!paths.length) return;
  const lines = paths.map((path) =>
    el(
      "li",
      {},
      el("code", {}, path.join(" / ")),
      `：${shown(valueAt(entry.value, path))}`,
      button("删去", () => {
        entry.set(path, undefined);
        fillKept(entry);
      }),
    ),
  );
  fill(
    box,
    el("h2", {}, "表中没有的栏目"),
    el("p", { class: "field__help" }, "打开的文件里有这些内容，下载时照原样保留；多余的请删去。"),
    el("ul", {}, ...lines),
  );
}
