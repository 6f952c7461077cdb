// A document as canonical YAML, byte for byte what build_tools/forms/written.py writes; a test holds the two together.
import { isMapping, type Mapping, type Value } from "../value.ts";
import { FORBIDDEN } from "./decode.ts";
import { resolve, type Shape } from "./shape.ts";

const NOTES = "notes";
const STRAY = "表中没有的栏目";

const BLANK = "\\t \\u00a0\\u1680\\u2000-\\u200b\\u202f\\u205f\\u3000";
// Text that nobody takes for anything but text: no indicator in front, no `: ` and no `#` inside, no blank at an end.
const PLAIN = new RegExp(
  `^(?!\\.\\.\\.|[${BLANK}\\-?,\\[\\]{}&*!|>'"%@\`~<=])[^:#\\x00-\\x1f]+(?::(?! )[^:#\\x00-\\x1f]+)*(?<![${BLANK}])$`,
);
const TYPED = /^(?:true|false|null|0|-?[1-9][0-9]*)$/;
const ESCAPES: { readonly [character: string]: string } = {
  "\\": "\\\\",
  '"': '\\"',
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/** The file that says `value`, its fields in the order of the schema `root`; `head` is its first remark. */
export function write(value: Mapping, root: Shape, head: string): string {
  const lines = [remark(head)];
  const known = Object.keys(root.properties ?? {}).filter((key) => has(value, key));
  for (const key of known) if (key !== NOTES) titled(key);
  const stray = unknown(root, value);
  if (stray.length > 0) lines.push(remark(STRAY));
  for (const key of stray) pair({}, key, value[key]!, "");
  if (known.includes(NOTES)) titled(NOTES);
  if (known.length + stray.length === 0) lines.push("{}");
  return `${lines.join("\n")}\n`.replace(/[\ud800-\udfff]/gu, "\ufffd");

  function titled(key: string): void {
    lines.push(titleOf(root, key));
    pair(resolve(root, root.properties?.[key]), key, value[key]!, "");
  }

  function pair(field: Shape, key: string, entry: Value, margin: string): void {
    behind(field, `${margin + quoted(key)}:`, entry, `${margin}  `);
  }

  /** `entry` behind `start` on its line, and what does not fit there on lines behind `margin`. */
  function behind(field: Shape, start: string, entry: Value, margin: string): void {
    if (typeof entry === "object" && entry !== null) {
      const empty = Array.isArray(entry)
        ? entry.length === 0 && "[]"
        : Object.keys(entry).length === 0 && "{}";
      lines.push(empty ? `${start} ${empty}` : start);
      if (!empty) below(field, entry, margin);
    } else if (typeof entry === "string" && (entry.includes("\n") || field["x-long"]) && fitsBlock(entry)) {
      const body = withoutEnd(entry);
      const breaks = entry.length - body.length;
      const indent = /^\n*[ \t]/.test(entry) ? "2" : "";
      lines.push(`${start} |${indent}${breaks === 0 ? "-" : breaks === 1 ? "" : "+"}`);
      for (const line of body.split("\n")) lines.push(line && margin + line);
      for (let left = breaks; left > 1; left--) lines.push("");
    } else {
      const said = scalar(entry);
      lines.push(said ? `${start} ${said}` : start);
    }
  }

  /** The entries of a list or a mapping that is not empty. */
  function below(field: Shape, entries: Value[] | Mapping, margin: string): void {
    if (isMapping(entries)) {
      const own = field.properties ?? {};
      for (const key of [
        ...Object.keys(own).filter((name) => has(entries, name)),
        ...unknown(field, entries),
      ])
        pair(
          resolve(root, has(own, key) ? own[key] : field.additionalProperties),
          key,
          entries[key]!,
          margin,
        );
      return;
    }
    const items = resolve(root, field.items);
    for (const entry of entries) {
      const first = lines.length;
      if (typeof entry === "object" && entry !== null && Object.keys(entry).length > 0) {
        below(items, entry, `${margin}  `);
        lines[first] = `${margin}- ${lines[first]!.slice(margin.length + 2)}`;
      } else behind(items, `${margin}-`, entry, `${margin}  `);
    }
  }
}

/** Every remark that `write` may write for the schema `root` and this `head`. */
export function remarksOf(root: Shape, head: string): Set<string> {
  const titles = Object.keys(root.properties ?? {}).map((key) => titleOf(root, key));
  return new Set([remark(head), remark(STRAY), ...titles]);
}

function titleOf(root: Shape, key: string): string {
  const field = resolve(root, root.properties?.[key]);
  return remark((field.title || key) + (field["x-unit"] ? `（${field["x-unit"]}）` : ""));
}

function remark(text: string): string {
  return `# ${text.replace(/\p{Cc}+/gu, " ")}`;
}

function has(value: object, key: string): boolean {
  return Object.prototype.hasOwnProperty.call(value, key);
}

function unknown(field: Shape, value: Mapping): string[] {
  return Object.keys(value).filter((key) => !has(field.properties ?? {}, key));
}

/** A value on one line; nothing for null. */
function scalar(value: null | boolean | number | bigint | string): string {
  return value === null ? "" : typeof value === "string" ? quoted(value) : String(value);
}

/** Text on one line, in quotation marks where it could be taken for something else. */
function quoted(text: string): string {
  if (PLAIN.test(text) && !TYPED.test(text) && !FORBIDDEN.test(text)) return text;
  const said = text.replace(/[\\"\n\r\t]/g, (character) => ESCAPES[character]!);
  // What may not stand in a file is written by its number, so that the file can be read and the checks can name it.
  const number = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return `"${said.replace(new RegExp(FORBIDDEN, "gu"), number)}"`;
}

/** Whether `|` can hold `text` exactly. */
function fitsBlock(text: string): boolean {
  const body = withoutEnd(text);
  return (
    !text.includes("\r") && !FORBIDDEN.test(text) && /[^ \t]/.test(body.slice(body.lastIndexOf("\n") + 1))
  );
}

/** `text` without the line breaks at its end. */
function withoutEnd(text: string): string {
  let end = text.length;
  while (text[end - 1] === "\n") end--;
  return text.slice(0, end);
}
