// While two contents stand against each other: said above the buttons, in sight wherever one is on the page.

import { button, byId, el } from "../page.ts";

/** Says that one of two contents has to be chosen first, and leads there; or takes that away. */
export function sayUndecided(on: boolean): void {
  const bar = byId("actions")!;
  const line = byId("undecided");
  if (!on && line) line.remove();
  if (!on || line) return;
  const go = button("去选", () => {
    const notice = byId("notice")!;
    notice.tabIndex = -1;
    notice.focus();
    notice.scrollIntoView({ block: "center" });
  });
  bar.before(el("p", { id: "undecided", role: "alert" }, "有两份不同的内容，请先选用哪一份。", go));
}
