// Findings beside their fields, the notes that answer warnings, and the summary that takes the focus.

import type { Finding } from "./check/check.ts";
import { closestField, idOf, pathOf } from "./fields.ts";
import { byId, el, fill, mark } from "./page.ts";
import type { Pointer } from "./value.ts";

const EMPTY = "S01";

/** Where a finding is shown: its own place, or the nearest thing around it that has one. */
function placeOf(pointer: Pointer): { box: HTMLElement; path: Pointer } | null {
  const path = pointer[0] === "notes" && pointer.length > 1 ? pointer.slice(1) : pointer;
  for (let length = path.length; length > 0; length--) {
    const nearest = path.slice(0, length);
    const box = byId(`e-${idOf(nearest)}`);
    if (box) return { box, path: nearest };
  }
  return null;
}

/** The control that mends what is wrong at `path`. */
function targetOf(path: Pointer): HTMLElement | null {
  const note = path[0] === "notes" && byId(`note-${String(path[1])}`);
  if (note) return note;
  for (let length = path.length; length > 0; length--) {
    const id = idOf(path.slice(0, length));
    const own = byId<HTMLInputElement>(`f-${id}`);
    if (own && !own.hidden && !own.disabled) return own;
    const box = byId(`e-${id}`);
    const field = box && (box.closest<HTMLElement>("[data-field]") || box.parentElement);
    const inside =
      field &&
      field.querySelector<HTMLElement>("input:not([hidden]):not([disabled]), select, textarea, button");
    if (inside) return inside;
  }
  return byId("kept");
}

/** 错误 or 提示, with its shape. */
export function markOf({ severity }: { severity: string }): HTMLElement {
  return severity === "error" ? mark("invalid", "错误") : mark("warning", "提示");
}

/** What to do about it, behind what is wrong; nothing where nothing is said. */
export function hintOf({ hint }: { hint: string }): HTMLElement | null {
  return hint ? el("span", { class: "fault__hint" }, hint) : null;
}

function one(finding: Finding): HTMLElement {
  const { answered } = finding;
  const shape = answered ? "answered" : finding.severity === "error" ? "invalid" : "warning";
  // Beside an empty field its name says nothing more; a note has said the rest.
  const hint = answered || finding.code === EMPTY ? null : hintOf(finding);
  const said = answered ? mark(shape, "已说明") : markOf(finding);
  return el("p", { class: `fault fault--${shape}` }, said, finding.message, hint);
}

/** Shows `findings` beside their fields, and nothing anywhere else. */
export function showFaults(form: HTMLElement, findings: readonly Finding[]): void {
  const byBox = new Map<HTMLElement, Finding[]>();
  for (const finding of findings) {
    const place = placeOf(finding.path);
    if (place) byBox.set(place.box, [...(byBox.get(place.box) || []), finding]);
  }
  for (const box of form.querySelectorAll<HTMLElement>(".field__faults")) {
    const here = byBox.get(box) || [];
    const text = here.map((f) => f.code + f.answered + f.message).join("\n");
    if (box.dataset.shown === text) continue; // nothing is read out anew that stands already
    box.dataset.shown = text;
    fill(box, ...here.map(one));
    const field = controlFor(box);
    if (!field) continue;
    const wrong = here.some((finding) => finding.severity === "error");
    for (const control of field.querySelectorAll("[name]")) {
      if (closestField(control) === field) control.setAttribute("aria-invalid", String(wrong));
    }
    field.classList.toggle("field--invalid", wrong);
    field.classList.toggle("field--warning", !wrong && here.some((finding) => !finding.answered));
  }
}

/** The field that a box of faults belongs to; in sentences the two stand apart. */
function controlFor(box: HTMLElement): HTMLElement | null {
  const control = byId(box.id.replace(/^e-/, "f-"));
  return (control && closestField(control)) || closestField(box);
}

/** A box for the note that answers a field's warnings, where there are any or a note stands already. */
export function showNotes(
  form: HTMLElement,
  findings: readonly Finding[],
  notes: Record<string, unknown>,
  allowed: readonly string[],
): void {
  const warned = new Set(findings.filter((f) => f.severity === "warning").map((f) => String(f.path[0])));
  for (const key of allowed) {
    const note = notes[key];
    const wanted = warned.has(key) || note !== undefined;
    const box = byId(`e-${key}`);
    if (!box) continue;
    let place = byId(`n-${key}`);
    if (!place && !wanted) continue;
    if (!place) {
      place = noteBox(key);
      box.insertAdjacentElement("afterend", place);
    }
    place.hidden = !wanted;
    const area = place.querySelector("textarea")!;
    const text = typeof note === "string" ? note : "";
    if (document.activeElement !== area && area.value !== text) area.value = text;
  }
  form.classList.toggle("entry--noted", warned.size > 0);
}

function noteBox(key: string): HTMLElement {
  const id = `note-${key}`;
  return el(
    "div",
    { class: "field__note", id: `n-${key}` },
    el("label", { for: id }, "情况说明（提示的情况确属实情的，写一两句原因；填错的请改正，不必说明）"),
    el("textarea", { id, rows: "2", "data-note": key }),
  );
}

/** What is wrong, with a link to each place; takes the focus. Without anything wrong, `next` says what to do now. */
export function showSummary(findings: readonly Finding[], next: string): void {
  const box = byId("summary")!;
  const errors = findings.filter((finding) => finding.severity === "error");
  const warnings = findings.filter((finding) => finding.severity === "warning" && !finding.answered);
  box.hidden = false;
  box.className = `entry__summary entry__summary--${errors.length ? "invalid" : warnings.length ? "warning" : "accepted"}`;
  const title = errors.length
    ? `有 ${errors.length} 处错误，改正后才能通过校验`
    : warnings.length
      ? `没有错误，有 ${warnings.length} 处提示请核对`
      : "检查完毕，没有发现问题";
  fill(
    box,
    el("h2", { id: "summary-title" }, title),
    errors.length || warnings.length ? el("ul", {}, ...[...errors, ...warnings].map(link)) : null,
    errors.length ? null : el("p", {}, next),
  );
  box.setAttribute("aria-labelledby", "summary-title");
  box.focus();
}

function link(finding: Finding): HTMLElement {
  const place = placeOf(finding.path);
  const target = targetOf(finding.path);
  const anchor = el("a", { href: `#${target ? target.id : "entry"}` }, finding.message);
  anchor.addEventListener("click", (event) => {
    if (!target) return;
    event.preventDefault();
    for (let node: Element | null = target; node; node = node.parentElement) {
      if (node instanceof HTMLDetailsElement) node.open = true;
    }
    target.focus();
    (place ? closestField(place.box) || target : target).scrollIntoView({ block: "center" });
  });
  return el("li", {}, markOf(finding), anchor);
}

export function hideSummary(): void {
  byId("summary")!.hidden = true;
}

/** The pointers of controls, as findings name them: `resume/0/from` belongs to `["resume", 0, "from"]`. */
export function isTouched(finding: Finding, touched: ReadonlySet<string>): boolean {
  for (const name of touched) {
    const path = pathOf(name);
    if (path.every((part, index) => finding.path[index] === part)) return true;
  }
  return false;
}
