// The page where a clerk begins, of a site with an intake.

import { readDesk } from "./desk.ts";
import { Kept } from "./intake/kept.ts";
import { draftOf, standingOf } from "./intake/overview.ts";
import { Session } from "./intake/session.ts";
import { showSigned } from "./intake/stage.ts";
import { startOverview } from "./overview.ts";
import { byId, ready } from "./page.ts";
import { Store } from "./store.ts";
import { remember } from "./who.ts";

async function start(): Promise<void> {
  const desk = readDesk();
  const store = new Store(desk.campaign);
  new Kept(desk.campaign).follow(store);
  const session = new Session(desk);
  ready();
  const show = await startOverview(desk, store, {
    standing: (unit, document) => standingOf(session, unit, document),
    draft: (unit, document) => draftOf(session, unit, document),
  });

  function told(): void {
    const units = byId<HTMLSelectElement>("unit")!;
    const own = desk.units.some((unit) => unit.slug === session.unit);
    units.disabled = own;
    if (own) {
      units.value = session.unit;
      remember(session.unit);
    }
    showSigned(session, null, async () => {});
    show();
  }

  session.onChange(told);
  await session.load();
}

start();
