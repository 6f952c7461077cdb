// How long is left, by the service's clock, to the second in the last hour; and what it means to be late.

import type { Drafting } from "../drafting.ts";
import { tell } from "../messages.ts";
import { byId, fill } from "../page.ts";
import { span } from "../who.ts";
import type { Session } from "./session.ts";
import { stamp } from "./words.ts";

const HOUR = 3600000;

export function wireDeadline(session: Session, drafting: Drafting): void {
  let before = "";

  function show(): void {
    const line = byId("deadline");
    const { unit, entry } = drafting;
    const now = session.now;
    if (!line || !unit || !now) return;
    const standing = session.standing(drafting.document);
    if (standing && standing.stage === "accepted") {
      fill(line); // nothing is awaited any more
      return;
    }
    const returned = standing && standing.stage === "returned" && standing.until ? standing.until : "";
    const due = Date.parse(returned || unit.deadline) + 1000; // the deadline's own second is in time
    const left = due - now.getTime();
    const link = entry.desk.items.filter((item) => item.id === entry.desk.item!.id)[0]!;
    const what = returned ? `退回修改的期限（${stamp(returned)}）` : "截止时间";
    const words =
      left > 0
        ? `距${what}还有 ${exactly(left)}（以服务器时间为准）。`
        : `已过${what}。${lateness(link.late)}`;
    if (line.textContent !== words) fill(line, words);
    line.classList.toggle("entry__deadline--near", left < HOUR);
    const key = `${unit.slug}/${drafting.document}/${due}`;
    const passed = left <= 0 && before === key;
    before = left > 0 ? key : "";
    if (!passed) return;
    tell(words, "bad", [], "deadline");
    drafting.onOpen(); // what stands beside the unit says so at once, too
  }

  window.setInterval(show, 1000);
  session.onChange(show);
  const { onOpen } = drafting;
  drafting.onOpen = () => {
    onOpen();
    show();
  };
}

function exactly(left: number): string {
  if (left >= HOUR) return span(left);
  const seconds = Math.floor(left / 1000);
  return `${Math.floor(seconds / 60)} 分 ${seconds % 60} 秒`;
}

/** What lateness does to an item, as the campaign has it. */
export function lateness(late: string): string {
  return late === "forfeits"
    ? "逾期报送的，视为放弃，不列入推荐汇总；退回修改的和已同意延期的除外。仍可提交，收到时间以回执为准。"
    : "逾期报送的，数据仍计入汇总，记为逾期。仍可提交，收到时间以回执为准。";
}
