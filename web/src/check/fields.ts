// Values that have a form of their own: months, names, ethnic groups, telephone numbers, files, counters.
import { values } from "../schema.ts";
import { type Pointer, type Value, valueAt } from "../value.ts";
import { pieces, stripped } from "../wordcount.ts";
import {
  type Faults,
  firstFault,
  innerQuotes,
  type Judged,
  monthNumber,
  patternOf,
  phrase,
  regex,
  translated,
  whole,
} from "./checks.ts";

/** Every filled-in text whose schema has this `format`. */
function* textsOf({ value, schema }: Judged, format: string): Generator<[Pointer, string]> {
  for (const { path } of schema.marked("format", format))
    for (const [place, text] of values(value, path)) if (typeof text === "string") yield [place, text];
}

export function* months(judged: Judged): Faults {
  const { checks } = judged;
  const say = (code: string, name: string): string => phrase(checks, code, name, { year: checks.earliest });
  for (const format of ["month", "month-or-present"])
    for (const [path, text] of textsOf(judged, format)) {
      const orPresent = format === "month-or-present";
      const number = monthNumber(checks, text);
      if (number === null) {
        if (orPresent && text === checks.present) continue;
        const form = say("F01", "form") + (orPresent ? say("F01", "or_present") : "");
        const reason = whole(patternOf(checks, "F01", "like"), text) ? say("F01", "range") : form;
        yield { code: "F01", path, words: { reason } };
      } else if (number > checks.deadline || number <= checks.earliest * 12) {
        const reason = say("F02", number > checks.deadline ? "late" : "early");
        yield { code: "F02", path, words: { reason } };
      }
    }
}

export function* ethnicity(judged: Judged): Faults {
  const { names, outside, suffix } = judged.checks.ethnicities;
  for (const [path, text] of textsOf(judged, "ethnicity"))
    if (outside.includes(text)) yield { code: "F21", path };
    else if (!names.includes(text)) {
      const reason = names.includes(text + suffix) ? phrase(judged.checks, "F08", "suffix") : "";
      yield { code: "F08", path, words: { reason } };
    }
}

export function* personName(judged: Judged): Faults {
  const { checks } = judged;
  const pattern = (name: string): string => patternOf(checks, "F09", name);
  const isName = (text: string): boolean =>
    whole(pattern("name"), text) !== null && !regex(pattern("styled")).test(text);
  for (const [path, text] of textsOf(judged, "person-name")) {
    // White space around the name and zero-width characters have a rule of their own.
    const bare = stripped(text.replace(new RegExp(pattern("zero_width"), "gu"), ""));
    if (!isName(bare)) yield { code: "F09", path, words: { reason: firstFault(checks, "F09", bare) } };
  }
}

export function* phone(judged: Judged): Faults {
  const { checks } = judged;
  const pattern = patternOf(checks, "F10", "phone");
  for (const [path, text] of textsOf(judged, "phone")) {
    const bare = pieces(translated(text, checks.keys)).join(" ");
    if (!whole(pattern, text) && !whole(pattern, bare))
      yield { code: "F10", path, words: { reason: firstFault(checks, "F10", bare) } };
  }
}

export function* pathOutside(judged: Judged): Faults {
  const folder = judged.checks.attachments;
  for (const format of ["attachment", "photo"])
    for (const [path, text] of textsOf(judged, format)) {
      const tricky = /[\\:]/.test(text) || text.split("/").some((part) => ["", ".", ".."].includes(part));
      const inside = !tricky && (!folder || text.startsWith(`${folder}/`));
      if (text && !inside) yield { code: "M04", path, words: { folder: folder || "." } };
    }
}

export function* blankCounter({ value, checks }: Judged): Faults {
  for (const key of checks.counters)
    if ((valueAt(value, [key]) ?? null) === null) yield { code: "F16", path: [key], key: true };
}

function* refusals({ value, schema }: Judged): Generator<[string, Pointer, Value]> {
  for (const { path, part } of schema.marked("x-not-applicable"))
    for (const [place, entry] of values(value, path)) yield [part["x-not-applicable"]!, place, entry];
}

export function* notApplicable(judged: Judged): Faults {
  for (const [trait, path, value] of refusals(judged))
    if (judged.traits.includes(trait) && typeof value === "string")
      yield { code: "F17", path, words: { trait: judged.checks.traits[trait] ?? trait } };
}

/** Silent where the unit has the task: there each “不适用” has its own finding. */
export function* mixedNotApplicable(judged: Judged): Faults {
  const { schema, checks, traits } = judged;
  const mine = [...refusals(judged)].filter(([trait]) => !traits.includes(trait));
  for (const [trait, path, value] of mine) {
    const number = mine.find(
      ([other, , entry]) => other === trait && typeof entry !== "string" && typeof entry !== "object",
    );
    if (number && typeof value === "string") {
      const other = innerQuotes(schema.titleAt(number[1]) || checks.untitled);
      yield { code: "F19", path, words: { other } };
    }
  }
}
