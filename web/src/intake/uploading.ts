// How far a file is on its way, in its own field.

import type { Drafting } from "../drafting.ts";
import { type Entry, said } from "../entry.ts";
import { controlOf, pathOf, showField } from "../fields.ts";
import { showPhoto, titleFrom, toChooser } from "../media.ts";
import { button, el, fill } from "../page.ts";
import { valueAt } from "../value.ts";
import type { Upload, Uploads } from "./uploads.ts";
import { sizeWords } from "./words.ts";

const FIELDS = '[data-kind="photo"], [data-kind="attachment"]';

/** Shows each upload in the field that names its file, wherever rows move it. */
export function wireUploading(drafting: Drafting, uploads: Uploads): void {
  const { entry } = drafting;

  uploads.onProgress = (upload, refused) => {
    if (refused) takeOut(entry, upload.path, `没有收下：${refused}`, true);
    else for (const field of fieldsOf(entry, upload.path)) show(field, upload);
  };

  function redraw(): void {
    for (const field of entry.form.querySelectorAll<HTMLElement>(FIELDS)) {
      const upload = uploads.all[fileOf(entry, field)];
      const line = lineOf(field);
      if (upload) show(field, upload);
      else if (line) line.remove();
    }
  }

  function show(field: HTMLElement, upload: Upload): void {
    let line = lineOf(field);
    const shape = `${upload.path} ${upload.state}`;
    if (!line || line.dataset.shape !== shape) {
      if (line) line.remove();
      line = el("div", { class: "upload", "data-shape": shape }, ...parts(upload));
      field.append(line);
    }
    const bar = line.querySelector("progress");
    if (bar) bar.value = upload.offset;
    const words = line.querySelector(".upload__words")!;
    const now = wordsOf(upload);
    if (words.textContent !== now) fill(words, now);
  }

  function parts(upload: Upload): HTMLElement[] {
    const words = el("span", {
      class: "upload__words",
      ...(upload.state === "sending" ? {} : { role: "status" }), // not each percent is read out
    });
    if (upload.state === "ready") return [words];
    if (upload.state === "failed") return [words, button("重新上传", () => uploads.retry())];
    const cancel = () => {
      uploads.cancel(upload.path);
      takeOut(entry, upload.path, "已取消上传，这个文件没有选入。");
    };
    const bar = el("progress", { max: String(upload.size), value: "0", "aria-label": "上传进度" });
    return [bar, words, button("取消上传", cancel)];
  }

  const { onChange } = entry;
  let { files } = entry;
  entry.onChange = () => {
    onChange();
    redraw();
    if (files !== entry.files) drafting.flush(); // an upload goes on after a reload only with the file at hand
    files = entry.files;
    uploads.tend();
  };
  entry.form.addEventListener("rowsdrawn", redraw);
}

function wordsOf(upload: Upload): string {
  if (upload.state === "ready") return `已上传到服务器，${sizeWords(upload.size)}`;
  if (upload.state === "failed") return `没有传上去：${upload.words}`;
  const percent = Math.floor((upload.offset / Math.max(1, upload.size)) * 100);
  return `已上传 ${percent}%，共 ${sizeWords(upload.size)}${upload.words ? `。${upload.words}` : ""}`;
}

/** The files that the form names, whether they are on this computer or not. */
export function namedFiles(entry: Entry): string[] {
  return Array.from(entry.form.querySelectorAll<HTMLElement>(FIELDS))
    .map((field) => fileOf(entry, field))
    .filter(Boolean);
}

function lineOf(field: HTMLElement): HTMLElement | null {
  return field.querySelector<HTMLElement>(".upload");
}

function fieldsOf(entry: Entry, path: string): HTMLElement[] {
  return Array.from(entry.form.querySelectorAll<HTMLElement>(FIELDS)).filter(
    (field) => fileOf(entry, field) === path,
  );
}

/** The file that a field names; the control of a photo is hidden, and does not always show it. */
function fileOf(entry: Entry, field: HTMLElement): string {
  const control = controlOf(field);
  const value = control && valueAt(entry.value, pathOf(control.name));
  return typeof value === "string" ? value : "";
}

/** The document names it no more, but what it named before; and it does not go by its name either. */
function takeOut(entry: Entry, path: string, words: string, bad = false): void {
  const files = { ...entry.files };
  const file = files[path];
  delete files[path];
  const before = entry.instead[path];
  delete entry.instead[path];
  const former = (before && before.path) || undefined;
  if (former && before!.file) files[former] = before!.file;
  const stays = former ? "原来的文件没有换掉。" : "";
  entry.files = files;
  for (const field of fieldsOf(entry, path)) {
    const line = lineOf(field);
    if (line) line.remove();
    const control = controlOf(field)!;
    const at = pathOf(control.name);
    const title = [...at.slice(0, -1), "title"];
    entry.set(at, former);
    showField(field, former);
    if (file instanceof File && valueAt(entry.value, title) === titleFrom(file)) {
      entry.set(title, undefined);
      entry.show();
    }
    if (field.dataset.kind === "photo") showPhoto(field, entry);
    said(field, words + stays, bad);
    if (document.activeElement === document.body) toChooser(field);
  }
}
