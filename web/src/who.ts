// Which unit, which document: the two choices above the form, and what they mean for deadline and places.

import { type Desk, documentOf, type ItemLink, locate, now, titleOf, type Unit } from "./desk.ts";
import { fill } from "./page.ts";
import type { Draft } from "./store.ts";

const REMEMBERED = "shenbao-unit";

/** 1 天 3 小时 20 分; what is left, or has passed, to the minute. */
export function span(milliseconds: number): string {
  const minutes = Math.floor(Math.abs(milliseconds) / 60000);
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor(minutes / 60) % 24;
  const parts = [
    days ? `${days} 天` : "",
    days || hours ? `${hours} 小时` : "",
    minutes % 60 || !minutes ? (minutes ? `${minutes % 60} 分` : "不足 1 分") : "",
  ];
  return parts.filter(Boolean).join(" ");
}

/** When the unit has to have sent it, and how long that is from now. */
export function deadlineWords(desk: Desk, unit: Unit): string {
  const left = Date.parse(unit.deadline) + 1000 - now(desk).getTime(); // the deadline's own second is in time
  return left > 0
    ? `截止时间 ${unit.deadlineText}，还有 ${span(left)}。`
    : `截止时间 ${unit.deadlineText}，已过 ${span(left)}。`;
}

/** What the unit may still send of an item, or what it means that it is late. */
export function placesWords(desk: Desk, unit: Unit, item: ItemLink): string {
  if (item.late === "forfeits" && now(desk).getTime() > Date.parse(unit.deadline)) {
    return "逾期报送的，视为放弃，不列入推荐汇总；退回修改的除外。";
  }
  if (!item.nominee) return "";
  const sent = sentOf(desk, unit, item).length;
  const quota = unit.quota[item.id];
  if (quota === null || quota === undefined) return `名额表未提供；已收到 ${sent} 份。`;
  const word = desk.demo ? "示例名额" : "名额";
  const left = Math.max(0, quota - sent);
  return `${word} ${quota} 个，已收到 ${sent} 份，还可以推荐 ${left} 个。`;
}

/** Orders of recommendation of an item that are in the repository. */
export function sentOf(desk: Desk, unit: Unit, item: ItemLink): number[] {
  return unit.sent
    .map((name) => locate(desk.items, name))
    .filter((found) => found !== null && found.item.id === item.id)
    .map((found) => found!.number);
}

/** Orders to choose from: every place, what was sent, what is drafted, and one more where nobody set a number. */
export function numbersFor(
  desk: Desk,
  unit: Unit | null,
  item: ItemLink,
  drafts: readonly Draft[],
  own: number,
): number[] {
  const quota = unit ? unit.quota[item.id] : undefined;
  const known = unit ? sentOf(desk, unit, item) : [];
  for (const draft of drafts) {
    const found = unit && draft.unit === unit.slug ? locate(desk.items, draft.document) : null;
    if (found && found.item.id === item.id) known.push(found.number);
  }
  const open = quota === null || quota === undefined ? Math.max(0, ...known) + 1 : quota;
  const last = Math.min(99, Math.max(1, open, own, ...known));
  return Array.from({ length: last }, (_, index) => index + 1);
}

/** Fills the list of orders; each says whether there is a draft or a received document. */
export function fillNumbers(
  select: HTMLSelectElement,
  desk: Desk,
  unit: Unit | null,
  drafts: readonly Draft[],
  own: number,
): void {
  const item = desk.items.filter((link) => link.id === desk.item!.id)[0]!;
  const options = numbersFor(desk, unit, item, drafts, own).map((number) => {
    const name = documentOf(item.file, number);
    const sent = unit && unit.sent.indexOf(name) >= 0;
    const drafted = unit && drafts.some((draft) => draft.unit === unit.slug && draft.document === name);
    const state = [sent ? "已收到" : "", drafted ? "有草稿" : ""].filter(Boolean).join("，");
    return new Option(`第 ${number} 名${state ? `（${state}）` : ""}`, String(number), false, number === own);
  });
  fill(select, ...options);
}

/** Fills a list of nominees' documents: what the unit sent, drafted or has a place for. */
export function fillDocuments(
  select: HTMLSelectElement,
  desk: Desk,
  unit: Unit | null,
  drafts: readonly Draft[],
  chosen: string,
): void {
  const options = [new Option("不属于某一推荐对象", "")];
  for (const item of desk.items) {
    if (!item.nominee) continue;
    for (const number of numbersFor(desk, unit, item, drafts, 1)) {
      options.push(new Option(titleOf(item, number), documentOf(item.file, number)));
    }
  }
  if (chosen && !options.some((option) => option.value === chosen)) options.push(new Option(chosen, chosen));
  fill(select, ...options);
  select.value = chosen;
}

/** The unit chosen last on this computer. */
export function rememberedUnit(): string {
  try {
    return localStorage.getItem(REMEMBERED) || "";
  } catch (_) {
    return "";
  }
}

export function forgetUnit(): void {
  try {
    localStorage.removeItem(REMEMBERED);
  } catch (_) {
    // Where nothing can be read nothing was written.
  }
}

export function remember(slug: string): void {
  try {
    localStorage.setItem(REMEMBERED, slug);
  } catch (_) {
    // Without that memory the unit is chosen anew.
  }
}
