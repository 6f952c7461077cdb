// A document while it is filled in: its value is the truth, the form shows it, and each change goes into it.

import { checkSoFar, type Finding } from "./check/check.ts";
import { showCount } from "./counts.ts";
import type { Desk, Unit } from "./desk.ts";
import { hideSummary, isTouched, showFaults, showNotes, showSummary } from "./faults.ts";
import {
  canShow,
  closestField,
  controlOf,
  emptyValue,
  grow,
  kindOf,
  pathOf,
  readField,
  showField,
} from "./fields.ts";
import { fillKept, shown } from "./kept.ts";
import { el, fill } from "./page.ts";
import { drawRows } from "./rows.ts";
import { Schema } from "./schema.ts";
import { tidy } from "./tidy.ts";
import { isMapping, type Mapping, type Pointer, type Value, valueAt } from "./value.ts";

const CHECK_AFTER = 150;

export class Entry {
  readonly desk: Desk;
  readonly form: HTMLFormElement;
  readonly schema: Schema;
  unit: Unit | null = null;
  value: Mapping = {};
  /** Photo and materials by their path in the unit's folder. */
  files: Record<string, Blob> = {};
  /** By the path of a file that was chosen and is not proved good yet: what its field named before. */
  instead: Record<string, { path: string; file: Blob | undefined }> = {};
  /** Called after each change of value or files. */
  onChange: () => void = () => {};
  private touched = new Set<string>();
  private all = false;
  private timer = 0;

  constructor(desk: Desk, form: HTMLFormElement) {
    this.desk = desk;
    this.form = form;
    this.schema = new Schema(desk.schema);
  }

  /** Takes what was typed before this script was there. */
  absorb(): void {
    for (const field of this.fields()) {
      const control = controlOf(field);
      if (!control || kindOf(field) === "rows" || kindOf(field) === "kept") continue;
      const path = pathOf(control.name);
      const value = readField(field, this.schema.at(path));
      if (value !== undefined) this.value = placed(this.value, path, value) as Mapping;
    }
  }

  /** Takes another document. */
  take(value: Mapping, files: Record<string, Blob>): void {
    this.value = value;
    this.files = files;
    this.instead = {};
    this.touched.clear();
    this.all = false;
    hideSummary();
    for (const line of this.form.querySelectorAll(".rows__said")) fill(line); // an 撤销 there is another document's
    this.show();
  }

  /** Puts a file that was chosen under `path`, where `at` names it. */
  put(at: Pointer, path: string, file: Blob): void {
    const old = String(valueAt(this.value, at) || "");
    this.instead[path] = this.instead[old] || { path: old, file: this.files[old] };
    this.files = { ...this.files, [path]: file };
    this.set(at, path);
  }

  isEmpty(): boolean {
    const written = this.written();
    return Object.keys(written).every((key) => written[key] === null);
  }

  /** The value as it is written: without the empty rows at a list's end, and with what may be left open left open. */
  written(): Mapping {
    const found: Mapping = {};
    for (const key of Object.keys(this.value)) {
      const value = this.value[key]!;
      const list = Array.isArray(value) && this.schema.at([key]).items ? withoutEmptyEnd(value) : value;
      if (Array.isArray(list) && !list.length && Array.isArray(value) && value.length) continue;
      if (key === "notes" && isMapping(list) && !Object.keys(list).length) continue;
      found[key] = list;
    }
    for (const key of (this.schema.root.required as string[] | undefined) || []) {
      if (found[key] === undefined && emptyValue(this.schema, [key]) === null) found[key] = null;
    }
    return found;
  }

  /** Those of the files that the document names: what a row that is gone named, or a photo that was replaced, is not used. */
  usedFiles(value: Value = this.value): Record<string, Blob> {
    const named = new Set<Value>();
    everyText(value, named);
    const used: Record<string, Blob> = {};
    for (const path of Object.keys(this.files)) if (named.has(path)) used[path] = this.files[path]!;
    return used;
  }

  private fields(): HTMLElement[] {
    return Array.from(this.form.querySelectorAll<HTMLElement>("[data-field]"));
  }

  /** Shows the value in every field. */
  show(): void {
    for (const field of this.fields()) {
      if (kindOf(field) === "rows") this.showRows(field);
    }
    for (const field of this.fields()) {
      const control = controlOf(field);
      const kept = kindOf(field) === "kept" && field.querySelector(".field__kept");
      const value = valueAt(this.value, [field.dataset.field!]);
      if (kept && value !== undefined) said(field, `文件里现有：${shown(value)}`);
      if (kindOf(field) === "rows" || kindOf(field) === "kept" || !control || field.closest("[data-rows]"))
        continue;
      const own = valueAt(this.value, pathOf(control.name));
      showField(field, own);
      said(
        field,
        canShow(own) ? "" : `文件里这一栏不是一项文字，已原样保留，重新填写后以填写的为准：${shown(own)}`,
      );
    }
    fillKept(this);
    this.counts();
    this.showFindings();
  }

  /** Draws the rows of a list anew. */
  showRows(rows: HTMLElement): void {
    const value = valueAt(this.value, [rows.dataset.field!]);
    const odd = value !== undefined && value !== null && !Array.isArray(value);
    if (odd) said(rows, `文件里这一栏不是逐条列出的，已原样保留，添加后以添加的为准：${shown(value)}`);
    drawRows(rows, Array.isArray(value) ? value : []);
    for (const area of rows.querySelectorAll("textarea")) grow(area);
    this.form.dispatchEvent(new CustomEvent("rowsdrawn", { detail: rows }));
  }

  /** Puts `value` at `path`; `undefined` takes away what stands there. */
  set(path: Pointer, value: Value | undefined): void {
    this.value = placed(
      this.value,
      path,
      value === undefined ? emptyValue(this.schema, path) : value,
    ) as Mapping;
    this.changed();
  }

  /** After a change: counts at once, the checks when the person pauses, the draft in its own time. */
  changed(): void {
    this.onChange();
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.showFindings(), CHECK_AFTER);
  }

  /** The person typed into or left a control; `done` when it was left changed. */
  typed(target: Element, done: boolean): void {
    const note = (target as HTMLElement).dataset.note;
    if (note !== undefined) {
      if (done) this.touched.add(`notes/${note}`);
      this.setNote(note, (target as HTMLTextAreaElement).value.trim());
      return;
    }
    const field = closestField(target);
    const control = field && controlOf(field);
    if (!field || !control || (target as HTMLElement).dataset.file !== undefined) return;
    const path = pathOf(control.name);
    if (done) {
      this.touched.add(control.name);
      this.tidied(field, control.name);
    }
    const box = field.querySelector<HTMLInputElement>("[data-na], [data-present]");
    if (box) control.disabled = box.checked;
    if (control instanceof HTMLTextAreaElement) grow(control);
    this.set(path, readField(field, this.schema.at(path)));
    this.countsAround(field, path);
  }

  private tidied(field: HTMLElement, name: string): void {
    const control = controlOf(field)!;
    if (control instanceof HTMLSelectElement || control.type === "radio" || control.disabled) return;
    const format = this.schema.at(pathOf(name)).format;
    const kinds: Record<string, string> = { "person-name": "name", phone: "phone" };
    const kind = kindOf(field) === "text" ? kinds[String(format)] || "text" : kindOf(field);
    const unit = String(this.schema.at(pathOf(name))["x-unit"] || "");
    const result = tidy(kind, control.value, unit);
    if (format === "ethnicity" && control instanceof HTMLInputElement && control.list) {
      const full = `${result.text}族`;
      if (Array.from(control.list.options).some((option) => option.value === full)) {
        result.text = full;
        result.notice = `已写成 ${full}`;
      }
    }
    if (result.text !== control.value) control.value = result.text;
    said(field, result.notice);
  }

  private setNote(key: string, text: string): void {
    const notes: Mapping = isMapping(this.value.notes) ? { ...this.value.notes } : {};
    if (text) notes[key] = text;
    else delete notes[key];
    this.value = { ...this.value };
    if (Object.keys(notes).length) this.value.notes = notes;
    else delete this.value.notes;
    this.changed();
  }

  findings(): Finding[] {
    const traits = this.unit ? this.unit.traits : [];
    return checkSoFar(this.written(), this.schema, this.desk.checks, traits);
  }

  /** Shows what is wrong in the fields that were touched, everywhere after a check. */
  showFindings(): Finding[] {
    const found = this.all || this.touched.size ? this.findings() : [];
    const shown = this.all ? found : found.filter((finding) => isTouched(finding, this.touched));
    showFaults(this.form, shown);
    const notes = isMapping(this.value.notes) ? this.value.notes : {};
    const properties = (this.schema.root.properties || {}) as Mapping;
    const allowed = properties.notes ? Object.keys(properties) : [];
    showNotes(this.form, shown, notes, allowed);
    return found;
  }

  /** Checks everything and says so at the top. */
  checkAll(next: string): Finding[] {
    window.clearTimeout(this.timer);
    this.all = true;
    const found = this.showFindings();
    showSummary(found, next);
    return found;
  }

  private counts(): void {
    for (const place of this.form.querySelectorAll<HTMLElement>("[data-count]")) this.countIn(place);
  }

  private countsAround(field: HTMLElement, path: Pointer): void {
    for (
      let around: HTMLElement | null = field;
      around;
      around = around.parentElement && closestField(around.parentElement)
    ) {
      for (const place of around.querySelectorAll<HTMLElement>("[data-count]")) {
        if (closestField(place) === around) this.countIn(place, around === field ? path : undefined);
      }
    }
  }

  private countIn(place: HTMLElement, path?: Pointer): void {
    const field = closestField(place)!;
    const control = kindOf(field) === "rows" ? null : controlOf(field);
    const at = path || (control ? pathOf(control.name) : [field.dataset.field!]);
    showCount(place, valueAt(this.value, at), Number(field.dataset.maxWords || 0));
  }
}

/** A line below the control: what was changed in what the person typed, or that it was not taken. */
export function said(field: HTMLElement, words: string, bad = false): void {
  let line = field.querySelector<HTMLElement>(".field__tidied");
  if (!line && !words) return;
  if (!line) {
    line = el(field.tagName === "SPAN" ? "span" : "p", { class: "field__tidied", role: "status" });
    const beside = field.querySelector(".field__control, .field__kept") || controlOf(field);
    if (beside && beside.matches(".field__control")) beside.append(line);
    else (beside || field).insertAdjacentElement("afterend", line);
  }
  line.classList.toggle("field__tidied--bad", bad);
  line.setAttribute("role", bad ? "alert" : "status");
  fill(line, words);
}

function everyText(value: Value, found: Set<Value>): void {
  if (Array.isArray(value)) for (const part of value) everyText(part, found);
  else if (isMapping(value)) for (const key of Object.keys(value)) everyText(value[key]!, found);
  else found.add(value);
}

function isNothing(value: Value): boolean {
  return (
    value === null ||
    value === "" ||
    (isMapping(value) && Object.keys(value).every((key) => isNothing(value[key]!)))
  );
}

function withoutEmptyEnd(list: readonly Value[]): Value[] {
  let length = list.length;
  while (length && isNothing(list[length - 1]!)) length--;
  return list.slice(0, length);
}

/** `value` with `part` at `path`, as a new tree; `undefined` takes it away. */
export function placed(value: Value | undefined, path: Pointer, part: Value | undefined): Value {
  const [step, ...rest] = path;
  if (step === undefined) return part === undefined ? null : part;
  if (typeof step === "number") {
    const list = Array.isArray(value) ? [...value] : [];
    while (list.length <= step) list.push({});
    list[step] = rest.length || part !== undefined ? placed(list[step], rest, part) : "";
    return list;
  }
  const mapping: Mapping = isMapping(value) ? { ...value } : {};
  if (!rest.length && part === undefined) delete mapping[step];
  else mapping[step] = placed(mapping[step], rest, part);
  return mapping;
}
