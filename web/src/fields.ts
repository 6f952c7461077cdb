// One field of the form: what its control holds as a value, and a value as its control shows it.

import type { Schema } from "./schema.ts";
import type { Pointer, Value } from "./value.ts";

export type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
type Part = Record<string, unknown>;

export const NOT_APPLICABLE = "不适用";
export const PRESENT = "至今";

/** A control's name as a pointer: `resume/0/from` as `["resume", 0, "from"]`. */
export function pathOf(name: string): Pointer {
  return name
    .split("/")
    .map((part) => (/^[0-9]+$/.test(part) ? Number(part) : part.replace(/~1/g, "/").replace(/~0/g, "~")));
}

/** The end of an id for a pointer: `resume-0-from`; other characters than letters, digits and _ are coded. */
export function idOf(path: Pointer): string {
  return path
    .map((part) => String(part).replace(/[^A-Za-z0-9_]/gu, (c) => `.${c.codePointAt(0)!.toString(16)}.`))
    .join("-");
}

export function kindOf(field: HTMLElement): string {
  return field.dataset.kind!;
}

/** The field's own control: the input, the first of several radio buttons, none for rows. */
export function controlOf(field: HTMLElement): Control | null {
  return field.querySelector<Control>("[name]");
}

export function closestField(node: Element): HTMLElement | null {
  return node.closest<HTMLElement>("[data-field]");
}

/** Which of the types a value may have: `["integer", "null"]`; of listed values their types are not asked for. */
export function typesOf(part: Part): string[] {
  const written = part.type;
  return typeof written === "string" ? [written] : Array.isArray(written) ? (written as string[]) : [];
}

/** What the field holds; `undefined` where nothing was filled in. */
export function readField(field: HTMLElement, part: Part): Value | undefined {
  const control = controlOf(field)!;
  const ticked = field.querySelector<HTMLInputElement>("[data-na], [data-present]");
  if (ticked && ticked.checked) return ticked.dataset.na === undefined ? PRESENT : NOT_APPLICABLE;
  switch (kindOf(field)) {
    case "choice":
    case "boolean":
    case "select":
      return listed(chosen(field, control), part);
    case "long":
      return longText(control.value, part.maxLength);
    case "integer":
    case "decimal":
      return numberOrText(control.value.trim());
    default:
      return control.value.trim() ? control.value : undefined;
  }
}

function chosen(field: HTMLElement, control: Control): string {
  if (control instanceof HTMLSelectElement) return control.value;
  const ticked = field.querySelector<HTMLInputElement>("input[type=radio]:checked");
  return ticked ? ticked.value : "";
}

/** Of what the schema lists, the value that is written like this; a truth value where it lists none. */
function listed(text: string, part: Part): Value | undefined {
  if (!text) return undefined;
  if (Array.isArray(part.enum)) {
    return (part.enum as Value[]).filter((value) => String(value) === text)[0];
  }
  return text === "true" ? true : text === "false" ? false : text;
}

/** Ends in a line break, as block text does, but not where that would be one character too many, or counted as one. */
function longText(text: string, most: unknown): Value | undefined {
  const body = text.replace(/^(?:[ \t\u3000]*\n)+/, "").replace(/\s+$/, "");
  if (!body) return undefined;
  return typeof most === "number" && Array.from(body).length >= most ? body : `${body}\n`;
}

function numberOrText(text: string): Value | undefined {
  if (!/^(?:0|-?[1-9][0-9]{0,18})$/.test(text)) return text || undefined;
  return Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text);
}

/** Whether a control can show `value`; what it cannot is kept as it is until somebody fills the field in anew. */
export function canShow(value: Value | undefined): boolean {
  return typeof value !== "object" || value === null;
}

/** Puts `value` into the field's control. */
export function showField(field: HTMLElement, value: Value | undefined): void {
  const control = controlOf(field)!;
  const text = value === undefined || value === null || !canShow(value) ? "" : String(value);
  const ticked = field.querySelector<HTMLInputElement>("[data-na], [data-present]");
  const special = ticked ? text === (ticked.dataset.na === undefined ? PRESENT : NOT_APPLICABLE) : false;
  if (ticked) {
    ticked.checked = special;
    control.disabled = special;
  }
  if (control instanceof HTMLInputElement && control.type === "radio") {
    for (const radio of field.querySelectorAll<HTMLInputElement>("input[type=radio]")) {
      radio.checked = radio.value === text && text !== "";
    }
    return;
  }
  if (control instanceof HTMLSelectElement && text) offer(control, text);
  const shown = special ? "" : kindOf(field) === "long" ? text.replace(/\n+$/, "") : text;
  if (control.value !== shown) control.value = shown;
  if (control instanceof HTMLTextAreaElement) grow(control);
}

/** A value that the list does not have is still shown: the checks say that it is wrong. */
function offer(select: HTMLSelectElement, text: string): void {
  for (const option of select.options) if (option.value === text) return;
  select.add(new Option(text, text));
}

/** As high as its text. */
export function grow(area: HTMLTextAreaElement): void {
  if (!area.offsetParent) return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}

/** An empty field's value: nothing, or null where the schema wants an answer and takes null for one. */
export function emptyValue(schema: Schema, path: Pointer): null | undefined {
  const part = schema.at(path) as Part;
  const around = schema.at(path.slice(0, -1)) as Part;
  const required = Array.isArray(around.required) && around.required.indexOf(path[path.length - 1]) >= 0;
  return required && typesOf(part).indexOf("null") >= 0 ? null : undefined;
}
