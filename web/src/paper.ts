// The official form, filled in as it is printed: what `build_tools/forms/fill.py` decides, for a look before printing.

import { el, fill } from "./page.ts";
import type { Schema } from "./schema.ts";
import { isMapping, type Mapping, type Pointer, type Value } from "./value.ts";

const NOTHING = "无";
const PADDING = 8; // pixels, above and below
const MONTHS = ["month", "month-or-present"];
const NUMBERED = /^\s*[（(]?[一二三四五六七八九十百0-9]{1,3}[)）、．.]/;
const DIGITS = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];

export interface Facts {
  schema: Schema;
  /** What lists show for the name of a document and of a kind of material. */
  documentTitle: (name: string) => string;
  kindTitle: (id: string) => string;
  photo: (path: string) => Promise<string>;
}

function formatOf(schema: Schema, path: Pointer): string {
  return String(schema.at(path).format || "");
}

/** A value as the paper shows it; several lines are parted by line breaks. */
export function onPaper(schema: Schema, path: Pointer, value: Value | undefined): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) {
    return value
      .map((entry) => entryText(schema, [...path, "*"], entry))
      .filter(Boolean)
      .join("\n");
  }
  if (isMapping(value)) return entryText(schema, path, value);
  if (typeof value === "boolean") return value ? "是" : "否";
  const text = String(value).replace(/\t/g, " ");
  if (MONTHS.indexOf(formatOf(schema, path)) >= 0) return text.replace(/-/g, ".");
  return text.replace(/^\n+|\n+$/g, "");
}

function entryText(schema: Schema, path: Pointer, value: Value): string {
  if (!isMapping(value)) return onPaper(schema, path, value);
  let line = "";
  let before = false;
  const own = Object.keys((schema.at(path).properties as Mapping) || {});
  for (const key of [...own, ...Object.keys(value).filter((name) => own.indexOf(name) < 0)]) {
    const shown = onPaper(schema, [...path, key], value[key]);
    if (!shown) continue;
    const month = MONTHS.indexOf(formatOf(schema, [...path, key])) >= 0;
    line += (line ? (before && month ? "—" : " ") : "") + shown;
    before = month;
  }
  return line;
}

function lines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
}

/** Fills the blank form in `sheet` with `value`. */
export async function fillPaper(sheet: HTMLElement, value: Mapping, facts: Facts): Promise<void> {
  const { schema } = facts;
  const textOf = (key: string) => onPaper(schema, [key], value[key]);
  for (const cell of sheet.querySelectorAll<HTMLElement>("[data-field], [data-fields]")) {
    const keys = (cell.dataset.fields || cell.dataset.field!).split(" ");
    if (cell.classList.contains("form__photo")) await fillPhoto(cell, value[keys[0]!], facts, textOf);
    else if (cell.classList.contains("form__blank")) fillBlank(cell, textOf(keys[0]!));
    else if (cell.tagName === "TD") fillCell(cell as HTMLTableCellElement, keys, schema, textOf);
    else if (textOf(keys[0]!)) fill(cell, textOf(keys[0]!));
  }
  const letter = sheet.querySelector<HTMLElement>("[data-section]");
  if (letter) fillLetter(letter, value, schema);
  const list = sheet.querySelector<HTMLElement>("[data-rows]");
  if (list) fillList(list, value, facts);
}

function fillCell(
  cell: HTMLTableCellElement,
  keys: readonly string[],
  schema: Schema,
  textOf: (key: string) => string,
): void {
  const found = lines(keys.map(textOf).filter(Boolean).join(" "));
  // What must be filled in and is not yet is no 无.
  const wanted = (schema.root.required as string[] | undefined) || [];
  const nothing = keys.some((key) => wanted.indexOf(key) >= 0) ? "" : NOTHING;
  const shown = found.length ? found : [nothing];
  cell.classList.remove("form__small", "form__tiny", "form__long--text");
  if (cell.classList.contains("form__long")) {
    cell.classList.toggle("form__long--text", found.length > 0 && !schema.at([keys[0]!]).items);
    fill(cell, ...shown.map((line) => el("p", {}, line)));
    return;
  }
  const parts = shown.map((line, index) => (index ? [el("br"), line] : [line]));
  fill(cell, ...([] as (string | Node)[]).concat(...parts));
  const row = cell.parentElement as HTMLTableRowElement;
  const room = Number(row.getAttribute("height")) * cell.rowSpan - PADDING;
  for (const size of ["form__small", "form__tiny"]) {
    if (room <= 0 || heightOf(cell) <= room) return;
    cell.classList.remove("form__small");
    cell.classList.add(size);
  }
}

/** The height of what stands in the cell, which may be less high than its row. */
function heightOf(cell: HTMLElement): number {
  const range = document.createRange();
  range.selectNodeContents(cell);
  return range.getBoundingClientRect().height;
}

function fillBlank(blank: HTMLElement, text: string): void {
  if (text) fill(blank, text);
  else fill(blank, el("span", { class: "form__empty", role: "img", "aria-label": `待填：${blank.title}` }));
}

async function fillPhoto(
  cell: HTMLElement,
  value: Value | undefined,
  facts: Facts,
  textOf: (key: string) => string,
): Promise<void> {
  const source = typeof value === "string" ? await facts.photo(value) : "";
  const title = facts.schema.titleAt([(cell.dataset.fields || cell.dataset.field!).split(" ")[0]!]);
  if (source) fill(cell, el("img", { src: source, alt: title }));
  else fill(cell, textOf("") || title);
}

function fillLetter(letter: HTMLElement, value: Mapping, schema: Schema): void {
  const key = letter.dataset.section!;
  for (const old of Array.from(letter.querySelectorAll("p:not(.form__title)"))) old.remove();
  const sections = value[key];
  const parts = Object.keys((schema.at([key, "*"]).properties as Mapping) || {});
  (Array.isArray(sections) ? sections : []).forEach((entry, index) => {
    if (!isMapping(entry)) {
      for (const line of lines(onPaper(schema, [key, "*"], entry)))
        letter.append(el("p", { class: "form__text" }, line));
      return;
    }
    for (const part of parts) {
      const text = onPaper(schema, [key, "*", part], entry[part]);
      if (schema.at([key, "*", part])["x-long"]) {
        for (const line of lines(text)) letter.append(el("p", { class: "form__text" }, line));
      } else if (text) {
        const mark = NUMBERED.test(text) ? "" : `${chineseNumber(index + 1)}、`;
        letter.append(el("p", { class: "form__section" }, mark + text.split(/\s+/).join(" ").trim()));
      }
    }
  });
}

function fillList(list: HTMLElement, value: Mapping, facts: Facts): void {
  const key = list.dataset.rows!;
  const heads = Array.from(list.querySelectorAll<HTMLElement>("[data-column]"));
  const columns = heads.map((head) => head.dataset.column!);
  const body = list.querySelector("tbody")!;
  const entries = value[key];
  const rows = (Array.isArray(entries) ? entries : []).map((entry, index) => {
    const cells = columns.map((column) => {
      const path = [key, "*", column];
      const text = onPaper(facts.schema, path, isMapping(entry) ? entry[column] : undefined);
      if (!text) return "";
      if (formatOf(facts.schema, path) === "document") return facts.documentTitle(text);
      return column === "kind" ? facts.kindTitle(text) : text;
    });
    return el("tr", {}, ...[String(index + 1), ...cells].map((text) => el("td", {}, ...breakable(text))));
  });
  fill(body, ...rows);
}

/** A path breaks behind its slashes first. */
function breakable(text: string): (string | Node)[] {
  return text.split("/").reduce<(string | Node)[]>((parts, part) => {
    if (parts.length) parts.push("/", el("wbr"));
    parts.push(part);
    return parts;
  }, []);
}

/** 1 to 99 as headings number themselves. */
export function chineseNumber(number: number): string {
  const tens = Math.floor(number / 10);
  return (tens ? (tens === 1 ? "十" : `${DIGITS[tens]}十`) : "") + DIGITS[number % 10];
}
