// What the build wrote into the page: the campaign's facts, one item's schema and checks, the units.

import type { Checks } from "./check/check.ts";
import type { Forge } from "./forge.ts";
import type { Mapping } from "./value.ts";
import type { Reading } from "./yaml/fault.ts";

export interface Kind {
  id: string;
  title: string;
  each_nominee: boolean;
}

export interface Item {
  id: string;
  title: string;
  form: string;
  clause: string;
  file: string;
  nominee: string;
  caption: string;
  photo: string;
  manifest: string;
  attachments: string;
  minimum: number;
  kinds: Kind[];
}

export interface ItemLink {
  id: string;
  title: string;
  clause: string;
  file: string;
  nominee: string;
  /** What lateness does: `counts` as data all the same, or `forfeits` the right to it. */
  late: string;
  url: string;
}

export interface Unit {
  slug: string;
  name: string;
  traits: string[];
  /** ISO 8601; an extension included. */
  deadline: string;
  deadlineText: string;
  /** Places by item; `null` where the notice's table was not supplied. */
  quota: Record<string, number | null>;
  /** Documents in the repository, `individual-01`. */
  sent: string[];
}

export interface Desk {
  campaign: string;
  /** From the page to the site's root. */
  root: string;
  demo: string;
  now: string | null;
  item: Item | null;
  items: ItemLink[];
  schema: Mapping;
  checks: Checks;
  reading: Reading;
  layout: string;
  units: Unit[];
  limits: { photo_kib: number; file_kib: number; files: number };
  types: string[];
  photo: [number, number];
  forge: Forge | null;
  /** Where the office's edition keeps the documents as they stand; empty in the public one. */
  files: string;
  /** The service that documents are submitted to, from the site's root; nothing where there is none. */
  intake?: string;
}

export function readDesk(): Desk {
  return JSON.parse(document.getElementById("desk")!.textContent!) as Desk;
}

/** `nominations/individual-01.yml`: where the document of this order stands in the unit's folder. */
export function pathOf(file: string, number: number): string {
  return file.replace("{nn}", String(number).padStart(2, "0"));
}

/** `individual-01`: the document's name, as the ledger and the commands use it. */
export function documentOf(file: string, number: number): string {
  return pathOf(file, number)
    .replace(/^.*\//, "")
    .replace(/\.yml$/, "");
}

/** 先进个人推荐表（第 1 名） */
export function titleOf(item: { title: string }, number: number): string {
  return number ? `${item.title}（第 ${number} 名）` : item.title;
}

/** The item and order of a document's name. */
export function locate(items: readonly ItemLink[], name: string): { item: ItemLink; number: number } | null {
  for (const item of items) {
    if (item.file.indexOf("{nn}") < 0) {
      if (documentOf(item.file, 0) === name) return { item, number: 0 };
      continue;
    }
    const match = /^(.*-)([0-9]{2,4})$/.exec(name);
    if (match && documentOf(item.file, Number(match[2])) === name) return { item, number: Number(match[2]) };
  }
  return null;
}

/** The moment it is by the campaign: a demo's clock stands still. */
export function now(desk: Desk): Date {
  return desk.now ? new Date(desk.now) : new Date();
}
