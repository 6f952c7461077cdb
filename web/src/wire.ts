// What the person does in the form: types, chooses, pastes, adds and moves rows.

import type { Drafting } from "./drafting.ts";
import { type Entry, said } from "./entry.ts";
import { closestField, kindOf } from "./fields.ts";
import { chosen, refile, repath } from "./media.ts";
import { button, el, fill } from "./page.ts";
import { rowAct } from "./rows.ts";
import { type Mapping, type Value, valueAt } from "./value.ts";

/**
 * Leaving a field may move what stands below it: a button that is being pressed must not slip away. So a press leaves
 * the field only when it has become a click.
 */
export function holdButtons(desk: Element): void {
  const pressed = (event: Event) => (event.target as Element).closest<HTMLElement>("button");
  desk.addEventListener("mousedown", (event) => {
    if (pressed(event)) event.preventDefault();
  });
  desk.addEventListener("click", (event) => pressed(event)?.focus(), true);
}

/** Lets each change in the form go into the document. */
export function wireForm(entry: Entry, drafting: Drafting): void {
  const { form } = entry;
  let composing = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("compositionstart", () => {
    composing = true;
  });
  form.addEventListener("compositionend", (event) => {
    composing = false;
    entry.typed(event.target as Element, false);
  });
  form.addEventListener("input", (event) => {
    if (!composing && !(event as InputEvent).isComposing) entry.typed(event.target as Element, false);
  });
  let before = "";
  form.addEventListener("focusin", (event) => {
    before = (event.target as HTMLInputElement).value || "";
  });
  form.addEventListener("change", (event) => {
    const target = event.target as HTMLElement;
    if (target.dataset.file !== undefined) chosen(target as HTMLInputElement, drafting);
    else {
      entry.typed(target, true);
      refile(target, entry);
      repath(target, entry, before);
    }
  });
  form.addEventListener("paste", (event) => pasted(event));
  form.addEventListener("keydown", (event) => {
    // Enter in a line would press the first button of the form.
    const typing = (event.target as HTMLInputElement).type === "text";
    if (event.key === "Enter" && typing && !event.isComposing) event.preventDefault();
  });
  form.addEventListener("click", (event) => {
    const pressed = (event.target as Element).closest<HTMLElement>("button");
    if (!pressed) return;
    if (pressed.dataset.topic !== undefined) addTopic(pressed, entry);
    else pressRow(pressed, entry);
  });
}

/** Line breaks that a line cannot hold become blanks; pictures have their own place. Both are said. */
function pasted(event: ClipboardEvent): void {
  const target = event.target as HTMLElement;
  const field = closestField(target);
  const data = event.clipboardData;
  if (!field || !data || !(target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement))
    return;
  const text = data.getData("text/plain");
  if (/<(?:img|v:imagedata)\b/i.test(data.getData("text/html")) || (!text && data.files.length)) {
    said(field, "粘贴的图片没有收进来：这里只收文字，图片请登记为佐证材料。");
  }
  if (target instanceof HTMLInputElement && /[\r\n]/.test(text.trim())) {
    event.preventDefault();
    document.execCommand("insertText", false, text.trim().replace(/\s*[\r\n]+\s*/g, " "));
    said(field, "粘贴的内容有几行，已用空格连成一行，请核对。");
  }
}

function pressRow(pressed: HTMLElement, entry: Entry): void {
  const rows = closestField(pressed.closest("[data-rows], .rows__add") || pressed);
  const list = rows && kindOf(rows) === "rows" ? rows : pressed.closest<HTMLElement>('[data-kind="rows"]');
  if (!list) return;
  const path = [list.dataset.field!];
  const value = valueAt(entry.value, path);
  const entries = Array.isArray(value) ? value : [];
  const items = entry.schema.at([...path, "*"]);
  function redraw(rows: Value[]): void {
    entry.set(path, rows.length ? rows : undefined);
    entry.show();
    for (const line of list!.querySelectorAll(".field__tidied")) fill(line); // said of what stood there before
  }
  const act = rowAct(pressed, list, entries, items.type === "string" ? "" : {});
  if (!act) return;
  redraw(act.entries);
  const { removed } = act;
  const undo = () => {
    const now = valueAt(entry.value, path);
    const left = Array.isArray(now) ? now : [];
    redraw([...left.slice(0, removed!.index), removed!.entry, ...left.slice(removed!.index)]);
  };
  sayRows(list, act.said, removed ? undo : null);
  const around = act.focus.row < 0 ? list : list.querySelector("[data-rows]")!.children[act.focus.row]!;
  const target = act.focus.selector
    ? around.querySelector<HTMLElement>(act.focus.selector)
    : (around as HTMLElement);
  if (target) target.focus();
}

/** What happened to a list, beside its own button; what was removed can be had back. */
function sayRows(list: HTMLElement, words: string, undo: (() => void) | null): void {
  let line = list.querySelector<HTMLElement>(".rows__said");
  if (!line) {
    line = el("p", { class: "rows__said", role: "status" });
    list.querySelector(".rows__add")!.insertAdjacentElement("afterend", line);
  }
  const said = line;
  const back = undo
    ? button("撤销", () => {
        undo();
        fill(said, "已撤销");
        list.querySelector<HTMLElement>("[data-add]")!.focus();
      })
    : null;
  fill(said, words, back);
}

/** Adds a section with the topic that the notice asks for, or leads to the one that is there. */
function addTopic(pressed: HTMLElement, entry: Entry): void {
  const list = pressed.closest<HTMLElement>('[data-kind="rows"]');
  if (!list) return;
  const path = [list.dataset.field!];
  const properties = (entry.schema.at([...path, "*"]).properties || {}) as Mapping;
  const heading = Object.keys(properties).filter((key) => !entry.schema.at([...path, "*", key])["x-long"])[0];
  if (!heading) return;
  const value = valueAt(entry.value, path);
  const entries = Array.isArray(value) ? [...value] : [];
  const topic = pressed.dataset.topic!;
  let index = entries.findIndex((_, place) => valueAt(entries, [place, heading]) === topic);
  if (index < 0) {
    index = entries.findIndex((part) => !part || !Object.keys(part as Mapping).length);
    if (index < 0) index = entries.length;
    entries[index] = { [heading]: topic };
    entry.set(path, entries);
    entry.show();
  }
  const row = list.querySelector("[data-rows]")!.children[index];
  const area = row && row.querySelector<HTMLElement>("textarea");
  if (area) area.focus();
}
