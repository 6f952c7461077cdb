// Rows that can be added, removed and moved: a career, a list of materials, the sections of a report.

import { showField } from "./fields.ts";
import { isMapping, type Value } from "./value.ts";

/** Draws as many rows as `entries` has, at least one to begin on. */
export function drawRows(rows: HTMLElement, entries: readonly Value[]): void {
  const list = rows.querySelector<HTMLElement>("[data-rows]")!;
  const count = Math.max(entries.length, 1);
  while (list.children.length > count) list.removeChild(list.lastElementChild!);
  while (list.children.length < count) list.appendChild(newRow(rows, list.children.length));
  Array.prototype.forEach.call(list.children, (row: HTMLElement, index: number) => {
    showRow(row, entries[index]);
    row.tabIndex = -1;
    for (const tool of row.querySelectorAll("[data-up], [data-down], [data-remove]")) {
      tool.setAttribute("aria-label", `第 ${index + 1} 条${tool.textContent}`);
    }
    enable(row, "[data-up]", index > 0);
    enable(row, "[data-down]", index < count - 1);
    enable(row, "[data-remove]", entries.length > 0);
  });
  const add = rows.querySelector<HTMLButtonElement>("[data-add]")!;
  add.disabled = count >= Number(rows.dataset.max || Number.POSITIVE_INFINITY);
}

function newRow(rows: HTMLElement, index: number): HTMLElement {
  const template = rows.querySelector<HTMLTemplateElement>("template[data-row]")!;
  const row = (template.content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement;
  for (const node of [row, ...Array.from(row.querySelectorAll("*"))]) {
    for (const attribute of Array.from(node.attributes)) {
      if (attribute.value.indexOf("{i}") >= 0) {
        node.setAttribute(attribute.name, attribute.value.replace(/\{i\}/g, String(index)));
      }
    }
  }
  const number = row.querySelector("[data-number]");
  if (number) number.textContent = String(index + 1);
  return row;
}

function showRow(row: HTMLElement, entry: Value | undefined): void {
  for (const field of row.querySelectorAll<HTMLElement>("[data-field]")) {
    const key = field.dataset.field!;
    if (!field.querySelector("[name]")) continue;
    showField(field, key === "" ? entry : isMapping(entry) ? entry[key] : undefined);
  }
}

function enable(row: HTMLElement, selector: string, enabled: boolean): void {
  const button = row.querySelector<HTMLButtonElement>(selector);
  if (button) button.disabled = !enabled;
}

/** Where a click in the rows leads: the list's change, and what is to have the focus then. */
export interface RowAct {
  entries: Value[];
  focus: { row: number; selector: string };
  said: string;
  removed?: { index: number; entry: Value };
}

/** What pressing `button` does to `entries`; `null` for another button. */
export function rowAct(
  button: HTMLElement,
  rows: HTMLElement,
  entries: readonly Value[],
  blank: Value,
): RowAct | null {
  const list = rows.querySelector<HTMLElement>("[data-rows]")!;
  const shown: Value[] = entries.length ? [...entries] : [blank];
  if (button.dataset.add !== undefined) {
    return {
      entries: [...shown, blank],
      focus: { row: shown.length, selector: "[name]" },
      said: `已添加第 ${shown.length + 1} 条`,
    };
  }
  const row = button.closest<HTMLElement>(".row");
  if (!row) return null;
  const index = Array.prototype.indexOf.call(list.children, row);
  if (button.dataset.remove !== undefined) {
    const left = shown.filter((_, place) => place !== index);
    const next = Math.min(index, left.length - 1);
    return {
      entries: left,
      focus: left.length ? { row: next, selector: "[data-remove]" } : { row: -1, selector: "[data-add]" },
      said: `已删去第 ${index + 1} 条`,
      removed: { index, entry: shown[index]! },
    };
  }
  const up = button.dataset.up !== undefined;
  if (!up && button.dataset.down === undefined) return null;
  const target = index + (up ? -1 : 1);
  if (target < 0 || target >= shown.length) return null;
  const moved = [...shown];
  moved[target] = shown[index]!;
  moved[index] = shown[target]!;
  const reached = up ? target === 0 : target === shown.length - 1; // the same button rests there
  return {
    entries: moved,
    focus: { row: target, selector: reached ? "" : up ? "[data-up]" : "[data-down]" },
    said: `已移到第 ${target + 1} 条`,
  };
}
