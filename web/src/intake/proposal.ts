// What a press of 确认提交 would do, in words.

import { locate, titleOf } from "../desk.ts";
import type { Drafting } from "../drafting.ts";
import { hintOf, markOf } from "../faults.ts";
import { el } from "../page.ts";
import type { Checked, LiveFinding, Standing } from "./contract.ts";
import { differing } from "./differing.ts";
import type { Session } from "./session.ts";
import { namedFiles } from "./uploading.ts";
import { sizeWords, stamp } from "./words.ts";

/** What the service found, one below the other. */
export function foundOf(found: readonly LiveFinding[]): HTMLElement | null {
  const items = found.map((finding) => el("li", {}, markOf(finding), finding.message, hintOf(finding)));
  return items.length ? el("ul", { class: "sending__found" }, ...items) : null;
}

/** 广州市司法局 · 先进个人推荐表（第 1 名） · 照片和材料 1 个：materials/individual-01.jpg（1.2 MB） */
export function summaryOf({ entry, document }: Drafting, { signedIn }: Session): string {
  const found = locate(entry.desk.items, document);
  const used = entry.usedFiles(); // whether they are on their way already or not
  const files = Object.keys(used)
    .sort()
    .map((path) => `${path}（${sizeWords(used[path]!.size)}）`);
  const { attachments } = entry.desk.checks;
  const start = attachments && `${attachments}/`; // without such a folder a file may stand anywhere in the unit's
  const absent = namedFiles(entry).filter((path) => !entry.files[path] && path.indexOf(start) === 0);
  return [
    signedIn ? signedIn.unit_name : "",
    found ? titleOf(found.item, found.number) : document,
    files.length ? `照片和材料 ${files.length} 个：${files.join("、")}` : "没有新附照片和材料",
    absent.length ? `沿用以前报送的 ${absent.join("、")}` : "",
  ]
    .filter(Boolean)
    .join(" · ");
}

/** 将代替 示例乙 于 10:04:33 提交的一份，改了 1 栏：姓名。 Nothing where nothing stands that it would replace. */
export function replacedOf(
  drafting: Drafting,
  { signedIn }: Session,
  standing: Standing | null,
  last: Checked["last"],
): string | null {
  const at = (last && last.at) || (standing && standing.at);
  if (!at || (standing && standing.stage === "withdrawn")) return null;
  const by = last ? last.by : "";
  const changes = last && differing(drafting, last.yaml);
  const what = `${stamp(at, signedIn ? signedIn.now : "")} ${by ? "提交" : "收到"}的一份`;
  return `将代替${by ? ` ${by} 于` : ""} ${what}${changes ? `，${changes}` : ""}。`;
}
