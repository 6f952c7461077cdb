// On top of the form: who is signed in, and what became of what was submitted.

import type { Drafting } from "../drafting.ts";
import { button, byId, el, fill, mark } from "../page.ts";
import type { Standing } from "./contract.ts";
import type { Session } from "./session.ts";
import { stamp } from "./words.ts";

export const WITHDRAWN = "已撤回";

/** Fills the line that says who is signed in. `leaving`: before the person goes to sign in. */
export function showSigned(
  session: Session,
  elsewhere: HTMLElement | null,
  leaving: () => Promise<void>,
): void {
  const line = byId("signed");
  if (!line) return;
  const { state, signedIn, trouble } = session;
  const children: (Node | string)[] = [];
  if (!state) children.push(`没有连上报送服务（${trouble}），会自动重试。可以照常填写、检查、下载。`);
  else if (!signedIn) {
    children.push("登录后可以直接提交；不登录也可以填写、检查、下载。");
    children.push(session.signInLink("登录", leaving));
  } else if (!signedIn.unit) {
    children.push(`${signedIn.person}（活动办公室账号）已登录。办公室账号不能提交，由报送单位的账号提交。`);
  } else {
    children.push(`${signedIn.unit_name} · ${signedIn.person} 已登录`);
    if (elsewhere) children.push("。本页打开的是另一个单位的表，不能提交。", elsewhere);
  }
  const text = children.map((child) => (typeof child === "string" ? child : child.textContent)).join("");
  if (line.textContent !== text) fill(line, ...children);
}

/** What became of the document, and what to do now; `differs`: the form says something else than what was received. */
export function showStage(session: Session, drafting: Drafting, differs: boolean): void {
  const box = byId("stage");
  if (!box) return;
  const mine = drafting.unit && drafting.unit.slug === session.unit;
  const standing = mine ? session.standing(drafting.document) : null;
  const now = session.signedIn ? session.signedIn.now : "";
  const line = standing ? stageLine(standing, now, differs) : null;
  if (box.textContent === (line ? line.textContent : "")) return; // nothing is read out anew that stands already
  fill(box, line);
}

function stageLine(standing: Standing, now: string, differs: boolean): HTMLElement {
  const { stage, word, until } = standing;
  const reason = standing.reason.replace(/[。！？\s]+$/, "");
  const at = stamp(standing.at, now);
  // What came by other ways than this service has no receipt of it.
  const receipt = standing.number ? ["（回执 ", el("a", { href: standing.url }, standing.number), "）"] : [];
  const line = (tone: string, ...parts: (Node | string)[]) =>
    el("p", { class: `message message--${tone}` }, ...parts);
  switch (stage) {
    case "returned": {
      const due = until ? `请在 ${stamp(until, now)} 前改正后重新提交。` : "请改正后重新提交。";
      const why = reason ? `：${reason}。` : "。";
      return line("bad", mark("returned", "退回修改"), ` 退回的是 ${at} 提交的`, ...receipt, `${why}${due}`);
    }
    case "accepted":
      return line("good", mark("accepted", "已受理"), ...receipt, "。还要改动的，请先联系活动办公室。");
    case "withdrawn":
      return word && word !== WITHDRAWN
        ? line(
            "bad",
            mark("withdrawn", word),
            ` ${at} 提交的`,
            ...receipt,
            `，${reason}。有疑问的，请联系活动办公室。`,
          )
        : line("info", mark("withdrawn", WITHDRAWN), ` ${at} 提交的`, ...receipt, "，可以重新提交。");
    default: {
      const now = differs ? "。本页的内容与这一份不同，要报送的请重新提交。" : "；改动以后要重新提交。";
      const tone = differs ? "info" : "good";
      return standing.number
        ? line(tone, mark("received", "已提交"), ` ${at}，回执 `, receipt[1]!, now)
        : line(tone, mark("received", "已收到"), ` ${at}${now}`);
    }
  }
}

/** A button that leads back to the unit's own document. */
export function backToOwn(session: Session, drafting: Drafting): HTMLElement | null {
  const { unit } = drafting;
  const own = drafting.entry.desk.units.filter((known) => known.slug === session.unit)[0];
  if (!unit || !own || unit === own) return null;
  return button("换到本单位", () => drafting.choose(own, drafting.number));
}
