// The page where a clerk begins: what the unit owes, what is drafted on this computer, and everything as one file.

import { type Desk, documentOf, locate, titleOf, type Unit } from "./desk.ts";
import { tell } from "./messages.ts";
import { named, type Opened, open, unitFiles, zip } from "./out.ts";
import { byId, clock, el, fill, saveAs } from "./page.ts";
import type { Draft, Store } from "./store.ts";
import { deadlineWords, forgetUnit, numbersFor, placesWords, rememberedUnit } from "./who.ts";

/** What somebody else knows of a unit's document: what became of it, and a draft that lies elsewhere. */
export interface Known {
  standing: (unit: string, document: string) => Node | null;
  draft: (unit: string, document: string) => string | null;
}

/** Gives what draws the table anew. */
export async function startOverview(desk: Desk, store: Store, known?: Known): Promise<() => Promise<void>> {
  const select = byId<HTMLSelectElement>("unit")!;
  const asked = new URLSearchParams(location.search).get("unit") || rememberedUnit();
  if (desk.units.some((unit) => unit.slug === asked)) select.value = asked;

  function unit(): Unit | null {
    return desk.units.filter((known) => known.slug === select.value)[0] || null;
  }

  async function drafts(): Promise<Draft[]> {
    try {
      return await store.all();
    } catch (_) {
      return [];
    }
  }

  async function show(): Promise<void> {
    const chosen = unit();
    const found = await drafts();
    const url = chosen ? `?unit=${chosen.slug}` : location.pathname;
    history.replaceState(null, "", url);
    const own = chosen ? found.filter((draft) => draft.unit === chosen.slug) : [];
    fill(byId("overview")!, chosen ? table(desk, chosen, own, known) : null);
    const owes = byId("owes");
    if (owes) fill(owes, chosen ? deadlineWords(desk, chosen) : "");
    const all = byId<HTMLButtonElement>("download-all");
    if (all) all.disabled = !own.length;
  }

  select.addEventListener("change", show);
  store.onOthers(show);
  document.addEventListener("visibilitychange", show);

  byId("download-all")!.addEventListener("click", async () => {
    const chosen = unit();
    if (!chosen) return;
    const all = (await drafts()).filter((draft) => draft.unit === chosen.slug);
    const files = unitFiles(all, chosen.slug, desk);
    saveAs(await zip(chosen.slug, files), `${chosen.slug}.zip`);
    const doubts = doubtsOf(desk, chosen, all);
    const words = `已下载 ${chosen.slug}.zip，共 ${Object.keys(files).length} 个文件。`;
    tell(words + (doubts || "把它交给收文单位即可。"), doubts ? "bad" : "good");
  });

  byId("forget-all")!.addEventListener("click", async () => {
    const found = await drafts();
    if (!found.length) {
      store.forgetLast();
      forgetUnit();
      tell("本机没有草稿。");
      return;
    }
    const words = `本机上有 ${found.length} 份草稿，清除后不能找回，没有下载的内容会丢失。确定清除吗？`;
    if (!window.confirm(words)) return;
    try {
      for (const draft of found) await store.forget(draft.unit, draft.document);
    } catch (_) {
      tell("浏览器没有清除草稿，请在浏览器的设置中清除本网站的数据。", "bad");
      return;
    }
    forgetUnit();
    select.value = "";
    await show();
    tell(`已清除本机上的 ${found.length} 份草稿。下载过的文件请自行从“下载”文件夹删除。`, "good");
  });

  const opener = byId<HTMLInputElement>("open");
  if (opener) {
    opener.addEventListener("change", async () => {
      const file = opener.files && opener.files[0];
      opener.value = "";
      if (file) await take(file);
    });
  }

  async function take(file: File): Promise<void> {
    const opened = await open(file, desk, null, select.value);
    if (opened.faults.length) {
      tell(`没有打开：${opened.faults[0]}`, "bad");
      return;
    }
    const before = await drafts();
    const twice = opened.documents.filter((found) =>
      before.some(
        (draft) => draft.unit === found.unit && draft.document === documentOf(found.item.file, found.number),
      ),
    );
    if (twice.length) {
      const titles = twice.map((found) => titleOf(found.item, found.number)).join("、");
      if (!window.confirm(`本机已有${titles}的草稿，打开这个文件会换掉它们。确定吗？`)) return;
    }
    try {
      await keep(opened, before);
    } catch (_) {
      await show();
      tell(
        "浏览器没有把文件存为草稿（可能是无痕窗口、磁盘已满，或另一个标签页正在填），请到各项的页面上打开。",
        "bad",
      );
      return;
    }
    const [first] = opened.documents;
    if (first) select.value = first.unit;
    await show();
    tell(`已打开 ${file.name}，共 ${opened.documents.length} 份，可以接着填。`, "good");
  }

  async function keep(opened: Opened, before: readonly Draft[]): Promise<void> {
    for (const found of opened.documents) {
      const beside: Record<string, Blob> = {};
      for (const one of opened.files) if (one.unit === found.unit) beside[one.path] = one.blob;
      const name = documentOf(found.item.file, found.number);
      const old = before.filter((draft) => draft.unit === found.unit && draft.document === name)[0];
      await store.save({
        unit: found.unit,
        item: found.item.id,
        document: name,
        title: titleOf(found.item, found.number),
        value: found.value,
        yaml: found.text,
        errors: 0,
        files: named(beside, found.text),
        saved: 0,
        revision: old ? old.revision : 0,
      });
    }
  }

  await show();
  return show;
}

/** What a unit's archive lacks: drafts with errors, items of which there is neither a draft nor a document. */
function doubtsOf(desk: Desk, unit: Unit, drafts: readonly Draft[]): string {
  const wrong = drafts.filter((draft) => draft.errors);
  const faulty = wrong.map((draft) => {
    const found = locate(desk.items, draft.document);
    return `${found ? titleOf(found.item, found.number) : draft.document}有 ${draft.errors} 处错误`;
  });
  const missing = desk.items.filter((item) => {
    const own = [...unit.sent, ...drafts.map((draft) => draft.document)].map((name) =>
      locate(desk.items, name),
    );
    return !item.nominee && !own.some((found) => found && found.item.id === item.id);
  });
  const titles = missing.map((item) => item.title).join("、");
  return [
    faulty.length ? `${faulty.join("，")}，改正后请重新下载。` : "",
    titles ? `${titles}还没有填写。` : "",
  ].join("");
}

function table(desk: Desk, unit: Unit, drafts: readonly Draft[], known?: Known): HTMLElement {
  const rows: HTMLElement[] = [];
  for (const item of desk.items) {
    const numbers = item.nominee ? numbersFor(desk, unit, item, drafts, 1) : [0];
    numbers.forEach((number, index) => {
      const name = documentOf(item.file, number);
      const draft = drafts.filter((one) => one.document === name)[0];
      const sent = unit.sent.indexOf(name) >= 0;
      const link = `${desk.root}${item.url}?unit=${unit.slug}${number ? `&document=${name}` : ""}`;
      const opens = sent && !draft && desk.files ? "&open=1" : "";
      const title = titleOf(item, number);
      const standing = known ? known.standing(unit.slug, name) : null;
      const elsewhere = known ? known.draft(unit.slug, name) : null;
      rows.push(
        el(
          "tr",
          {},
          el(
            "th",
            { scope: "row" },
            el("a", { href: link + opens }, title),
            index
              ? null
              : el(
                  "span",
                  { class: "sub" },
                  [item.clause, placesWords(desk, unit, item)].filter(Boolean).join("　"),
                ),
          ),
          el(
            "td",
            { "data-label": "本机草稿" },
            draft
              ? `草稿保存于 ${clock(draft.saved)}${draft.errors ? `，有 ${draft.errors} 处错误` : ""}`
              : elsewhere || el("span", { class: "quiet" }, "没有草稿"),
          ),
          el(
            "td",
            { "data-label": "收文情况" },
            standing || (sent ? "已收到" : el("span", { class: "quiet" }, "未收到")),
          ),
          el(
            "td",
            { "data-label": "办理" },
            el(
              "a",
              { href: link + opens, "aria-label": `填写${title}` },
              standing ? "查看或修改" : draft || elsewhere ? "接着填" : sent ? "修改" : "填写",
            ),
          ),
        ),
      );
    });
  }
  const heads = ["报送项", "本机草稿", "收文情况", "办理"].map((words) => el("th", { scope: "col" }, words));
  return el(
    "div",
    {
      class: "scroll scroll--items",
      role: "region",
      "aria-label": `${unit.name}应报送的材料`,
      tabindex: "0",
    },
    el(
      "table",
      { class: "table table--items" },
      el("caption", {}, `${unit.name}应报送的材料`),
      el("thead", {}, el("tr", {}, ...heads)),
      el("tbody", {}, ...rows),
    ),
  );
}
