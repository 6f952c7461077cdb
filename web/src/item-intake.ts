// The page of one item of a site with an intake: documents are filled in, checked and submitted.

import { startFilling } from "./filling.ts";
import { wireDeadline } from "./intake/deadline.ts";
import { Kept } from "./intake/kept.ts";
import { Served } from "./intake/served.ts";
import { Session } from "./intake/session.ts";
import { backToOwn, showSigned, showStage } from "./intake/stage.ts";
import { Submitting } from "./intake/submitting.ts";
import { wireUploading } from "./intake/uploading.ts";
import { Uploads } from "./intake/uploads.ts";
import { byId } from "./page.ts";
import { wireWho } from "./whose.ts";

/** A form without a unit is shown no longer than this while the service does not answer. */
const PATIENCE = 1500;

async function start(): Promise<void> {
  const drafting = startFilling("下一步：按“提交”。提交时还要核对名额、重复推荐和附件。");
  const { entry, store } = drafting;
  const { desk } = entry;
  const item = desk.item!.id;
  const session = new Session(desk);
  const kept = new Kept(desk.campaign);
  const uploads = new Uploads(session, drafting, kept);
  const served = new Served(session, drafting, kept, uploads);
  wireUploading(drafting, uploads);
  const submitting = new Submitting(session, drafting, kept, uploads, served, leaving);
  kept.follow(store, () => served.forget());
  drafting.onUndecided = () => submitting.label();
  submitting.onLabel = (differs) => showStage(session, drafting, differs);

  /** What no unit's draft holds yet is taken along to signing in and back. */
  async function leaving(): Promise<void> {
    await drafting.flush();
    if (drafting.unit || entry.isEmpty()) return;
    await kept.carry(item, {
      document: drafting.document,
      value: entry.written(),
      files: entry.usedFiles(),
    });
    entry.take({}, {});
  }

  /** Whether the document that the address asks for was opened; until then no other is. */
  let begun = false;

  function opened(): void {
    const { unit, signedIn } = session;
    const units = byId<HTMLSelectElement>("unit")!;
    const own = desk.units.filter((known) => known.slug === unit)[0];
    units.disabled = !!own;
    showSigned(session, signedIn && unit ? backToOwn(session, drafting) : null, leaving);
    uploads.opened();
    served.opened();
    submitting.opened();
    if (own && !drafting.unit && begun) drafting.choose(own, drafting.number);
    if (drafting.unit) kept.uncarry(item);
  }

  await Promise.race([session.load(), new Promise((resolve) => window.setTimeout(resolve, PATIENCE))]);
  const carried = await kept.carried(item);
  const query = new URLSearchParams(location.search);
  if (carried && entry.isEmpty()) {
    entry.take(carried.value, carried.files);
    query.set("document", carried.document); // it stays the one it was typed for
  }
  if (desk.units.some((unit) => unit.slug === session.unit)) query.set("unit", session.unit);
  history.replaceState(null, "", `?${query}`);
  session.onChange(wireWho(drafting));
  const { onOpen } = drafting;
  drafting.onOpen = () => {
    onOpen();
    begun = true;
    opened();
  };
  const { onChange } = entry;
  let labelling = 0;
  entry.onChange = () => {
    onChange();
    served.changed();
    submitting.changed();
    window.clearTimeout(labelling);
    labelling = window.setTimeout(() => submitting.label(), 300);
  };
  session.onChange(opened);
  wireDeadline(session, drafting);
  opened();
}

start();
