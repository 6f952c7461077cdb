// Photos and material files: chosen here, kept with the draft, named as the documents name them.

import { nameFor, refused, typeOf } from "./attach.ts";
import { documentOf } from "./desk.ts";
import type { Drafting } from "./drafting.ts";
import { type Entry, placed, said } from "./entry.ts";
import { closestField, controlOf, kindOf, pathOf, showField } from "./fields.ts";
import { button, el, fill } from "./page.ts";
import { crop, dataUrl } from "./photo.ts";
import { isMapping, type Mapping, type Pointer, valueAt } from "./value.ts";

/** A file was chosen in a photo or attachment field. */
export async function chosen(input: HTMLInputElement, drafting: Drafting): Promise<void> {
  const file = input.files && input.files[0];
  const field = closestField(input);
  if (!file || !field) return;
  input.value = ""; // the same file may be chosen again
  try {
    if (kindOf(field) === "photo") await takePhoto(file, field, drafting);
    else await takeFile(file, field, drafting.entry);
  } catch (_) {
    said(field, "这个文件打不开，请换一个。照片应为 JPG 或 PNG 图片。", true);
  }
}

async function takePhoto(file: File, field: HTMLElement, drafting: Drafting): Promise<void> {
  const { entry } = drafting;
  const { desk } = entry;
  const unit = entry.unit;
  const document = drafting.document;
  const cropped = await crop(file, desk.photo);
  if (cropped && entry.unit === unit && drafting.document === document) {
    const folder = desk.checks.attachments || "materials";
    const path = `${folder}/${documentOf(desk.item!.file, drafting.number)}.jpg`;
    entry.put(pathOf(controlOf(field)!.name), path, cropped.blob);
    said(field, cropped.notice);
  }
  await showPhoto(field, entry);
  toChooser(field);
}

/** To the button that chooses a file: the one that was pressed is gone. */
export function toChooser(field: HTMLElement): void {
  const chooser = field.querySelector<HTMLElement>("input[type=file]");
  if (chooser) chooser.focus();
}

async function takeFile(file: File, field: HTMLElement, entry: Entry): Promise<void> {
  const type = await typeOf(file);
  const fault = refused(file, type, entry.desk);
  if (fault) {
    said(field, fault, true);
    return;
  }
  const at = pathOf(controlOf(field)!.name);
  const around = valueAt(entry.value, at.slice(0, -1));
  const row: Mapping = isMapping(around) ? around : {};
  const path = nameFor(entry.desk, row, type, taken(entry, at));
  entry.put(at, path, file);
  const title = [...at.slice(0, -1), "title"];
  if (entry.schema.at(title).type && !valueAt(entry.value, title)) {
    entry.set(title, titleFrom(file));
  }
  entry.show();
  said(field, `已选“${file.name}”，按清单的要求改名为 ${path}，随草稿保存在本机。`);
}

/** What a file is called until somebody says better: its name without its ending. */
export function titleFrom(file: File): string {
  return file.name.replace(/\.[^.]*$/, "").slice(0, 80);
}

/** The names that the file of the field at `at` may not have: others' files, and those that an 撤销 may want back. */
function taken(entry: Entry, at: Pointer): string[] {
  const own = valueAt(entry.value, at);
  return Object.keys(entry.files).filter((name) => name !== own || isShared(entry, at));
}

/** Whether another row names the same file. */
function isShared(entry: Entry, at: Pointer): boolean {
  const others = entry.usedFiles(placed(entry.value, at, undefined));
  return others.hasOwnProperty(String(valueAt(entry.value, at)));
}

/** A path that was typed instead of chosen: a file chosen before follows it, and one that cannot be is said to be so. */
export function repath(target: Element, entry: Entry, former: string): void {
  const field = closestField(target);
  const control = field && controlOf(field);
  if (!field || control !== target || kindOf(field) !== "attachment") return;
  const at = pathOf(control.name);
  const path = control.value;
  const file = entry.files[former];
  const folder = `${entry.desk.item!.attachments}/`;
  if (path === former) return;
  if (!path) said(field, file ? "已取下选好的文件。" : "");
  else if (entry.files[path]) said(field, "与另一行用同一份文件。");
  else if (file && !isUsable(path, entry.desk)) {
    entry.set(at, former);
    showField(field, former);
    said(field, `文件的位置应以 ${folder} 开头，用小写字母、数字和横线命名，写明扩展名。已改回。`);
  } else if (file) {
    entry.files = { ...entry.files, [path]: file };
    entry.changed();
    said(field, `选好的文件随之改名为 ${path}。`);
  } else {
    const absent = "本机没有这个文件：已经报送过的不必再选，没有报送的请选择文件。";
    said(field, path.indexOf(folder) ? "" : absent); // of one that stands elsewhere the checks say that it must not
  }
}

function isUsable(path: string, desk: Drafting["entry"]["desk"]): boolean {
  const [folder, ...rest] = path.split("/");
  const type = path.replace(/^.*\./, "");
  return (
    folder === desk.item!.attachments &&
    /^[a-z0-9][a-z0-9._-]*$/.test(rest.join("/")) &&
    desk.types.indexOf(type) >= 0
  );
}

/** The kind of a material or whose it is was changed: a file that was chosen here follows with its name. */
export function refile(target: Element, entry: Entry): void {
  const row = target.closest(".row");
  const field = row && row.querySelector<HTMLElement>('[data-kind="attachment"]');
  const control = field && controlOf(field);
  if (!field || !control || field.contains(target)) return;
  const at = pathOf(control.name);
  const path = valueAt(entry.value, at);
  const around = valueAt(entry.value, at.slice(0, -1));
  if (typeof path !== "string" || !entry.files[path] || !isMapping(around)) return;
  if (isShared(entry, at)) return;
  const name = nameFor(entry.desk, around, path.replace(/^.*\./, ""), taken(entry, at));
  if (name === path) return;
  entry.files = { ...entry.files, [name]: entry.files[path]! };
  entry.set(at, name);
  showField(field, name);
  said(field, `文件随之改名为 ${name}。`);
}

/** Draws the photo that belongs to a photo field, and the buttons around it. */
export async function showPhoto(field: HTMLElement, entry: Entry): Promise<void> {
  const box = field.querySelector<HTMLElement>("[data-photo]");
  const control = controlOf(field);
  if (!box || !control) return;
  (control as HTMLElement).hidden = true; // the picture stands for its path
  const path = valueAt(entry.value, pathOf(control.name));
  const known = box.nextElementSibling;
  if (known && known.matches(".photo__tools")) known.remove();
  if (typeof path !== "string" || !path) {
    fill(box, el("p", { class: "photo__empty" }, "还没有照片"));
    return;
  }
  const source = await photoUrl(path, entry);
  const remove = button("删去照片", () => {
    entry.set(pathOf(control.name), undefined);
    showPhoto(field, entry);
    toChooser(field);
  });
  fill(box, source ? el("img", { src: source, alt: "照片" }) : el("p", { class: "photo__empty" }, path));
  box.insertAdjacentElement("afterend", el("p", { class: "photo__tools" }, remove));
}

/** The photo as an address: of the draft, or of the office's edition; empty when there is none here. */
export async function photoUrl(path: string, entry: Entry): Promise<string> {
  const blob = entry.files[path];
  if (blob) return dataUrl(blob);
  const { desk, unit } = entry;
  return desk.files && unit && /^[a-z0-9/_.-]+$/i.test(path)
    ? `${desk.root}${desk.files}${unit.slug}/${path}`
    : "";
}
