// The first page's table: what became of each document, and which drafts lie on the server.

import { el, mark } from "../page.ts";
import type { Session } from "./session.ts";
import { stamp } from "./words.ts";

const STAGES = {
  received: "已提交",
  returned: "退回修改",
  accepted: "已受理",
  withdrawn: "已撤回",
};

/** What was received of a document of this unit; `null` when the service knows nothing of it. */
export function standingOf(session: Session, unit: string, document: string): Node | null {
  const standing = unit === session.unit ? session.standing(document) : null;
  if (!standing) return null;
  const { stage, at, until, url, number } = standing;
  const now = session.signedIn!.now;
  const word = standing.word || (number || stage !== "received" ? STAGES[stage] : "已收到");
  const words = stage === "returned" && until ? `，${stamp(until, now)} 前改正` : ` ${stamp(at, now)}`;
  const link = number ? el("a", { href: url, "aria-label": `回执 ${number}` }, "回执") : null;
  return el("span", {}, mark(stage, word), words, " ", link);
}

/** When the server's draft was saved; `null` when there is none. */
export function draftOf(session: Session, unit: string, document: string): string | null {
  const draft = unit === session.unit && session.signedIn && session.signedIn.drafts[document];
  return draft ? `服务器上有草稿 ${stamp(draft.saved_at, session.signedIn!.now)}` : null;
}
