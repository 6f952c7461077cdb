// The buttons below the form: check, download, copy, preview, the forge, drafts as files.

import { documentOf, locate, pathOf, titleOf } from "./desk.ts";
import type { Drafting } from "./drafting.ts";
import { editFile, newFile } from "./forge.ts";
import { photoUrl } from "./media.ts";
import { hush, tell } from "./messages.ts";
import { downloadName, open, zip } from "./out.ts";
import { button, byId, copyText, el, saveAs } from "./page.ts";
import { fillPaper } from "./paper.ts";
import { forgetUnit } from "./who.ts";

const HANDING_IN =
  "下一步：按“下载 YAML 文件”，把下载的文件交给收文单位；有照片和材料的，一并下载 ZIP 文件。";

/** `next`: what is to be done with a document that has no errors. */
export function wireActions(drafting: Drafting, next = HANDING_IN): void {
  const { entry } = drafting;

  function on(id: string, press: () => unknown): void {
    const found = byId(id);
    if (found) found.addEventListener("click", press);
  }

  /** Runs `act` if a unit was chosen; says so and leads there if not. */
  function forUnit(act: () => unknown): () => void {
    return () => {
      if (drafting.unit) act();
      else {
        tell("请先选择报送单位。", "bad", [], "unit");
        byId("unit")!.focus();
      }
    };
  }

  function remaining(again: string): string {
    const errors = entry.checkAll(next).filter((finding) => finding.severity === "error").length;
    return errors ? `还有 ${errors} 处错误没有改正，改好后请${again}。` : "";
  }

  on("check", () => entry.checkAll(next));

  on(
    "download",
    forUnit(() => {
      const left = remaining("重新下载");
      const name = downloadName(drafting.unit!.slug, drafting.path);
      saveAs(new Blob([drafting.yaml], { type: "application/yaml" }), name);
      tell(`已下载 ${name}。${left}`, left ? "bad" : "good", [], "out");
    }),
  );

  async function archive(name: string): Promise<string> {
    const files = { [drafting.path]: drafting.yaml, ...entry.usedFiles() };
    saveAs(await zip(drafting.unit!.slug, files), name);
    return `${name}，内有 YAML 文件和 ${Object.keys(files).length - 1} 个附件`;
  }

  on(
    "download-zip",
    forUnit(async () => {
      const left = remaining("重新下载");
      const name = downloadName(drafting.unit!.slug, drafting.path).replace(/\.yml$/, ".zip");
      tell(`已下载 ${await archive(name)}。${left}`, left ? "bad" : "good", [], "out");
    }),
  );

  on("copy", async () => {
    const left = remaining("重新复制");
    const copied = await copyText(drafting.yaml);
    if (copied) tell(`已复制全文，可以粘贴到邮件或代码托管平台。${left}`, left ? "bad" : "good", [], "out");
    else tell("浏览器不让复制，请改用下载。", "bad", [], "out");
  });

  on(
    "forge",
    forUnit(async () => {
      const forge = entry.desk.forge;
      if (!forge) return;
      const left = remaining("再提交");
      const path = `data/cities/${drafting.unit!.slug}/${drafting.path}`;
      const sent = drafting.unit!.sent.indexOf(drafting.document) >= 0;
      const link = sent ? { url: editFile(forge, path), whole: false } : newFile(forge, path, drafting.yaml);
      const copied = link.whole || (await copyText(drafting.yaml));
      window.open(link.url, "_blank", "noopener");
      const paste = sent ? "请用它替换原有的全部内容" : "请粘贴到文件内容处";
      const words = link.whole
        ? "已打开代码托管平台的新建文件页，内容已填好，确认后提交即可。"
        : copied
          ? `已打开代码托管平台。内容已复制，${paste}，再提交。`
          : "已打开代码托管平台。浏览器不让复制，请先下载 YAML 文件，再上传。";
      tell(words + left, left || !copied ? "bad" : "good", [], "out");
    }),
  );

  on("preview", () => preview(drafting));

  on(
    "save-draft",
    forUnit(async () => {
      const name = downloadName(drafting.unit!.slug, drafting.path).replace(/\.yml$/, "-草稿.zip");
      tell(`已导出草稿 ${await archive(name)}；到另一台电脑上用“打开”接着填。`, "good", [], "out");
    }),
  );

  const opener = byId<HTMLInputElement>("open");
  if (opener) {
    opener.addEventListener("change", async () => {
      const file = opener.files && opener.files[0];
      opener.value = "";
      if (file) await openFile(file, drafting);
    });
  }

  on(
    "forget",
    forUnit(async () => {
      const words = `将清除本机上“${titleOf(entry.desk.item!, drafting.number)}”的草稿，清除后不能找回。没有下载的内容会丢失，确定吗？`;
      if (!window.confirm(words)) return;
      try {
        await drafting.forget();
      } catch (_) {
        tell("浏览器没有清除草稿，请在浏览器的设置中清除本网站的数据。", "bad", [], "out");
        return;
      }
      forgetUnit();
      hush("restored");
      hush("told");
      tell("已清除本机上这份表的草稿。", "good", [], "out");
    }),
  );
}

/** Shows the official form with what was filled in, ready to be printed. */
async function preview(drafting: Drafting): Promise<void> {
  const { entry } = drafting;
  const sheet = byId("sheet");
  if (!sheet) return;
  const close = button("返回填写", () => {
    sheet.hidden = true;
    document.body.classList.remove("previewing");
    byId("preview")!.focus();
  });
  const print = button("打印", () => window.print());
  if (!sheet.querySelector(".sheet__tools")) {
    sheet.prepend(el("p", { class: "sheet__tools screen" }, print, close));
    if (entry.desk.demo) sheet.append(el("p", { class: "remark" }, entry.desk.demo));
  }
  sheet.hidden = false;
  document.body.classList.add("previewing");
  const { kinds } = entry.desk.item!;
  await fillPaper(sheet, entry.written(), {
    schema: entry.schema,
    documentTitle: (name) => {
      const found = locate(entry.desk.items, name);
      return found ? titleOf(found.item, found.number) : name;
    },
    kindTitle: (id) => kinds.filter((kind) => kind.id === id).map((kind) => kind.title)[0] || id,
    photo: (path) => photoUrl(path, entry),
  });
  sheet.scrollIntoView();
  sheet.querySelector<HTMLElement>("button")!.focus();
}

async function openFile(file: File, drafting: Drafting): Promise<void> {
  const { entry } = drafting;
  const opened = await open(file, entry.desk, drafting.here);
  if (opened.faults.length) {
    tell(`没有打开：${opened.faults[0]}`, "bad", [], "out");
    return;
  }
  const fitting = opened.documents.filter((found) => found.item.id === entry.desk.item!.id);
  const { here } = drafting;
  const mine =
    fitting.filter((one) => here && one.unit === here.unit && one.number === here.number)[0] || fitting[0];
  if (!mine) {
    const other = opened.documents[0]!;
    tell(`这个文件是“${other.item.title}”，请到那一页打开。`, "bad", [], "out");
    return;
  }
  const unit = entry.desk.units.filter((known) => known.slug === mine.unit)[0]!;
  const elsewhere = drafting.unit && (drafting.unit !== unit || drafting.number !== mine.number);
  const title = titleOf(entry.desk.item!, mine.number);
  if (elsewhere && !window.confirm(`这个文件是${unit.name}的${title}，与现在选定的不同。要换过去打开吗？`))
    return;
  if (!drafting.unit || elsewhere) await drafting.choose(unit, mine.number);
  if (
    elsewhere &&
    !entry.isEmpty() &&
    !window.confirm(`本机已有${unit.name}这份表的草稿，打开文件会换掉它。确定吗？`)
  ) {
    return;
  }
  const files: Record<string, Blob> = {};
  for (const beside of opened.files) if (beside.unit === mine.unit) files[beside.path] = beside.blob;
  const remarks = mine.remarks ? "文件里以 # 开头的说明不会保留。" : "";
  drafting.replace(
    mine.value,
    { ...entry.files, ...files },
    `已打开 ${file.name}（${unit.name}），可以接着填。${remarks}`,
  );
}

/** Opens the document as it stands in the repository, where the office's edition offers it. */
export async function openStanding(drafting: Drafting): Promise<void> {
  const { entry } = drafting;
  const { desk } = entry;
  if (!desk.files || !drafting.unit) return;
  const path = pathOf(desk.item!.file, drafting.number);
  const name = documentOf(desk.item!.file, drafting.number);
  try {
    const answer = await fetch(`${desk.root}${desk.files}${drafting.unit.slug}/${path}`);
    if (answer.status === 404) {
      tell("仓库中还没有这份表，可以直接填写。", "info", [], "out");
      return;
    }
    if (!answer.ok) throw new Error(String(answer.status));
    const file = new File([await answer.blob()], `${drafting.unit.slug}-${name}.yml`);
    const opened = await open(file, desk, drafting.here);
    const [standing] = opened.documents;
    if (!standing) {
      tell(`仓库中的这份表读不出来：${opened.faults[0] || ""}`, "bad", [], "out");
      return;
    }
    const load = () => drafting.replace(standing.value, {}, "已打开仓库中的这份表，改好后重新下载或提交。");
    if (entry.isEmpty()) load();
    else {
      tell("本机有这份表的草稿，仓库中也有一份。用哪一份？", "info", [
        { words: "用仓库中的", press: load },
        { words: "用本机草稿", press: () => {} },
      ]);
    }
  } catch (_) {
    tell("没有取到仓库中的这份表，请检查网络后刷新页面。", "bad", [], "out");
  }
}
