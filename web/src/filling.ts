// The page of one item, set up: a document is filled in, checked and taken away as a file.

import { wireActions } from "./actions.ts";
import { readDesk } from "./desk.ts";
import { Drafting } from "./drafting.ts";
import { Entry } from "./entry.ts";
import { byId, ready } from "./page.ts";
import { Store } from "./store.ts";
import { holdButtons, wireForm } from "./wire.ts";

/** Brings the form to life; which document is open is told afterwards. `next`: what to do with one that has no errors. */
export function startFilling(next?: string): Drafting {
  const desk = readDesk();
  const entry = new Entry(desk, byId<HTMLFormElement>("entry")!);
  const drafting = new Drafting(entry, new Store(desk.campaign));
  holdButtons(document.querySelector(".desk")!);
  entry.absorb();
  wireForm(entry, drafting);
  wireActions(drafting, next);
  oneColumn(entry);
  ready();
  return drafting;
}

/** In one column, what is said of a narrow cell stands in its own field, not below the row of the table. */
function oneColumn(entry: Entry): void {
  const narrow = window.matchMedia("(max-width: 47.9844em)");
  function move(): void {
    if (!narrow.matches) return;
    for (const box of entry.form.querySelectorAll(".form__said .field__faults")) {
      const control = byId(box.id.replace(/^e-/, "f-"));
      const field = control && control.closest("[data-field]");
      if (field) field.append(box);
    }
  }
  narrow.addListener(move);
  move();
}
