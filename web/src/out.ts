// Out of the browser and back: the YAML file, and a ZIP with everything of a unit.

import { strToU8, unzipSync, Zip, ZipPassThrough } from "fflate";
import { type Desk, type ItemLink, locate, pathOf } from "./desk.ts";
import type { Draft } from "./store.ts";
import type { Mapping } from "./value.ts";
import { decode } from "./yaml/decode.ts";
import { read } from "./yaml/read.ts";
import { remarksOf, write } from "./yaml/write.ts";

/** The same contents give the same bytes. */
const EPOCH = new Date(2000, 0, 1);
const MOST_UNZIPPED = 400 * 1024 * 1024;

/** A document as the repository holds it. */
export function yamlOf(value: Mapping, schema: Mapping, item: { form: string; clause: string }): string {
  return write(value, schema, headOf(item));
}

function headOf(item: { form: string; clause: string }): string {
  return `${item.form}（${item.clause}）`;
}

/** `guangzhou-individual-01.yml`: units' files do not overwrite each other where they are gathered. */
export function downloadName(unit: string, path: string): string {
  return `${unit}-${path.replace(/^.*\//, "")}`;
}

/** A ZIP whose entries are `guangzhou/<path in the unit's folder>`, stored as they are: pictures do not get smaller. */
export async function zip(unit: string, files: Record<string, Blob | string>): Promise<Blob> {
  const chunks: BlobPart[] = [];
  const archive = new Zip((_, chunk) => chunks.push(chunk as BlobPart));
  for (const path of Object.keys(files).sort()) {
    const file = files[path]!;
    const entry = new ZipPassThrough(`${unit}/${path}`);
    entry.mtime = EPOCH;
    archive.add(entry);
    entry.push(typeof file === "string" ? strToU8(file) : await bytesOf(file), true);
  }
  archive.end();
  return new Blob(chunks, { type: "application/zip" });
}

async function bytesOf(blob: Blob): Promise<Uint8Array> {
  return new Uint8Array(await new Response(blob).arrayBuffer());
}

/** Those of `files` that the text of a document names. */
export function named(files: Record<string, Blob>, yaml: string): Record<string, Blob> {
  const found: Record<string, Blob> = {};
  for (const path of Object.keys(files)) if (yaml.indexOf(path) >= 0) found[path] = files[path]!;
  return found;
}

/** What a file from outside holds: documents by unit and name, and files beside them. */
export interface Opened {
  documents: {
    unit: string;
    item: ItemLink;
    number: number;
    value: Mapping;
    text: string;
    remarks: boolean;
  }[];
  files: { unit: string; path: string; blob: Blob }[];
  faults: string[];
}

/**
 * Reads a YAML file or a ZIP of this page's making. `here` is the document that a file without a telling name belongs to.
 */
export async function open(
  file: File,
  desk: Desk,
  here: { unit: string; item: ItemLink; number: number } | null,
  unit = here ? here.unit : "",
): Promise<Opened> {
  const opened: Opened = { documents: [], files: [], faults: [] };
  const bytes = await bytesOf(file);
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) {
    openZip(bytes, desk, opened);
    return opened;
  }
  const place = placeOf(file.name, desk, unit) || here;
  if (!place) opened.faults.push("看不出这个文件属于哪个单位的哪份表，请先选好单位再打开。");
  else openDocument(bytes, file.name, place, desk, opened);
  return opened;
}

function openZip(bytes: Uint8Array, desk: Desk, opened: Opened): void {
  let entries: Record<string, Uint8Array>;
  let total = 0;
  try {
    entries = unzipSync(bytes, {
      filter: (entry) => {
        total += entry.originalSize;
        return total <= MOST_UNZIPPED && entry.name.slice(-1) !== "/";
      },
    });
  } catch (_) {
    opened.faults.push("这个 ZIP 文件打不开，可能没有下载完整，请重新取一份。");
    return;
  }
  for (const path of Object.keys(entries).sort()) {
    const [unit, ...rest] = path.split("/");
    const inside = rest.join("/");
    if (!desk.units.some((known) => known.slug === unit) || /(?:^|\/)\.\.?(?:\/|$)/.test(inside)) continue;
    const found = desk.items
      .map((item) => ({ item, number: numberIn(item, inside) }))
      .filter(({ number }) => number !== null)[0];
    if (found) {
      openDocument(
        entries[path]!,
        path,
        { unit: unit!, item: found.item, number: found.number! },
        desk,
        opened,
      );
    } else opened.files.push({ unit: unit!, path: inside, blob: new Blob([entries[path] as BlobPart]) });
  }
  if (!opened.documents.length && !opened.faults.length) {
    opened.faults.push("这个 ZIP 文件里没有本次活动的报送文件。");
  }
}

function numberIn(item: ItemLink, path: string): number | null {
  for (let number = 0; number < 100; number++) if (pathOf(item.file, number) === path) return number;
  return null;
}

/** The document that a name tells: `guangzhou-individual-01 (1).yml`, or `individual-01.yml` of the unit that is chosen. */
function placeOf(
  name: string,
  desk: Desk,
  chosen: string,
): { unit: string; item: ItemLink; number: number } | null {
  const stem = name.replace(/(?: ?[(（][0-9]+[)）])?\.ya?ml$/i, "");
  for (const unit of desk.units) {
    if (stem.indexOf(`${unit.slug}-`) !== 0) continue;
    const found = locate(desk.items, stem.slice(unit.slug.length + 1));
    if (found) return { unit: unit.slug, ...found };
  }
  const own = chosen ? locate(desk.items, stem) : null;
  return own && { unit: chosen, ...own };
}

function openDocument(
  bytes: Uint8Array,
  name: string,
  place: { unit: string; item: ItemLink; number: number },
  desk: Desk,
  opened: Opened,
): void {
  const decoded = decode(bytes, desk.reading);
  const mine = desk.item && desk.item.id === place.item.id ? desk.item : null;
  const own = mine ? remarksOf(desk.schema, headOf(mine)) : new Set<string>();
  const { value, faults, remarks } =
    "text" in decoded
      ? read(decoded.text, desk.reading, own)
      : { value: null, faults: [decoded.fault], remarks: false };
  const properties = (mine && (desk.schema.properties as Mapping | undefined)) || null;
  const known = !properties || Object.keys(value || {}).some((key) => properties.hasOwnProperty(key));
  if (!faults.length && value && !known) {
    opened.faults.push(`${name} 里没有“${place.item.title}”的栏目，请核对是不是选错了文件。`);
    return;
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value) && !faults.length) {
    opened.documents.push({ ...place, value, text: "text" in decoded ? decoded.text : "", remarks });
    return;
  }
  const [first] = faults;
  opened.faults.push(
    first
      ? `${name} 第 ${first.line} 行第 ${first.column} 列：${first.message}${first.hint}`
      : `${name} 里没有逐栏填写的内容，请核对是不是选错了文件。`,
  );
}

/** Everything of a unit that is on this computer, by path in its folder. */
export function unitFiles(drafts: readonly Draft[], unit: string, desk: Desk): Record<string, Blob | string> {
  const files: Record<string, Blob | string> = {};
  for (const draft of drafts) {
    const place = draft.unit === unit ? locate(desk.items, draft.document) : null;
    if (!place) continue;
    files[pathOf(place.item.file, place.number)] = draft.yaml;
    Object.assign(files, named(draft.files, draft.yaml));
  }
  return files;
}
