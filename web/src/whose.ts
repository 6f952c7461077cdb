// Whose document it is: the choices of unit and order, the address of the page, and what they bring with them.

import { openStanding } from "./actions.ts";
import { locate, type Unit } from "./desk.ts";
import type { Drafting } from "./drafting.ts";
import { pathOf } from "./fields.ts";
import { showPhoto } from "./media.ts";
import { byId, fill } from "./page.ts";
import type { Draft } from "./store.ts";
import { valueAt } from "./value.ts";
import { deadlineWords, fillDocuments, fillNumbers, placesWords, rememberedUnit } from "./who.ts";

/** Lets the choices above the form open a document, and shows what they mean; gives what shows deadline and places anew. */
export function wireWho(drafting: Drafting): () => void {
  const { entry, store } = drafting;
  const { desk } = entry;
  const units = byId<HTMLSelectElement>("unit")!;
  const numbers = byId<HTMLSelectElement>("number");
  const query = new URLSearchParams(location.search);
  const asked = locate(desk.items, query.get("document") || "");
  const wanted = query.get("unit") || rememberedUnit();

  function unitOf(slug: string): Unit | null {
    return desk.units.filter((unit) => unit.slug === slug)[0] || null;
  }

  async function drafts(): Promise<Draft[]> {
    try {
      return await store.all();
    } catch (_) {
      return [];
    }
  }

  let found: Draft[] = [];

  async function around(): Promise<void> {
    const { unit } = drafting;
    found = await drafts();
    units.value = unit ? unit.slug : "";
    if (numbers) fillNumbers(numbers, desk, unit, found, drafting.number);
    owing();
    nominees();
    for (const field of entry.form.querySelectorAll<HTMLElement>('[data-kind="photo"]'))
      showPhoto(field, entry);
    const order = drafting.number ? `&document=${drafting.document}` : "";
    history.replaceState(null, "", unit ? `?unit=${unit.slug}${order}` : location.pathname);
    offerZip();
  }

  /** The deadline and the places, to the minute. */
  function owing(): void {
    const { unit } = drafting;
    const link = desk.items.filter((item) => item.id === desk.item!.id)[0]!;
    const sent = unit && unit.sent.indexOf(drafting.document) >= 0 ? "这份表已经收到过，再报就是修改。" : "";
    const words = unit ? deadlineWords(desk, unit) + placesWords(desk, unit, link) + sent : "";
    const owes = byId("owes");
    if (owes && owes.textContent !== words) fill(owes, words);
  }

  function nominees(): void {
    for (const select of entry.form.querySelectorAll<HTMLSelectElement>('[data-kind="document"] select')) {
      const value = valueAt(entry.value, pathOf(select.name));
      fillDocuments(select, desk, drafting.unit, found, typeof value === "string" ? value : "");
    }
  }

  function offerZip(): void {
    const zip = byId("download-zip");
    if (zip) zip.hidden = !Object.keys(entry.usedFiles()).length;
  }

  const save = entry.onChange;
  entry.onChange = () => {
    save();
    offerZip();
  };
  window.setInterval(owing, 30000);
  drafting.onOpen = () => {
    around();
  };
  entry.form.addEventListener("rowsdrawn", nominees);
  units.addEventListener("change", () => drafting.choose(unitOf(units.value), drafting.number));
  if (numbers)
    numbers.addEventListener("change", () => drafting.choose(drafting.unit, Number(numbers.value)));

  const number = asked && asked.item.id === desk.item!.id ? asked.number : drafting.number;
  drafting.choose(unitOf(wanted), number).then(() => {
    if (query.get("open") === "1") openStanding(drafting);
  });
  return owing;
}
