// The notice's arithmetic within one document. Sums are exact: whole numbers of any size, up to six decimals.
import { type Value, valueAt } from "../value.ts";
import { type Checks, type Faults, type Judged, monthNumber, type Side, whole } from "./checks.ts";

const PLACES = 6;
const MILLION = BigInt(10 ** PLACES);

/** A number in millionths, and how many of its decimals were written. */
interface Amount {
  readonly millionths: bigint;
  readonly places: number;
}

const HOLDS: { readonly [operator: string]: (left: bigint, right: bigint) => boolean } = {
  "==": (left, right) => left === right,
  "!=": (left, right) => left !== right,
  "<": (left, right) => left < right,
  "<=": (left, right) => left <= right,
  ">": (left, right) => left > right,
  ">=": (left, right) => left >= right,
  both_or_neither: (left, right) => !left === !right,
  implies: (left, right) => left <= 0 || right > 0,
};

export function* arithmetic({ value, checks }: Judged): Faults {
  for (const { code, at, operator, missing, months, left, right } of checks.constraints) {
    const sides = [left, right].map((side) => read(value, side, checks));
    const varying = sides.flat();
    if (missing === "skip_if_any" && varying.includes(null)) continue;
    if (missing === "skip_if_all" && varying.length > 0 && varying.every((each) => each === null)) continue;
    const [more, less] = [total(sides[0]!, left.fixed), total(sides[1]!, right.fixed)];
    if (!HOLDS[operator]!(more.millionths, less.millionths))
      yield { code, path: at, words: { left: shown(more, months), right: shown(less, months) } };
  }
}

function read(document: Value, { varying }: Side, checks: Checks): (Amount | null)[] {
  return varying.map(({ path, month }) => amountOf(valueAt(document, path), month, checks));
}

/** Integers, decimals in text, months when `month`; else nothing. */
function amountOf(value: Value | undefined, month: boolean, checks: Checks): Amount | null {
  if (typeof value === "number" || typeof value === "bigint") return integer(BigInt(value));
  if (typeof value !== "string") return null;
  if (month) {
    const number = monthNumber(checks, value);
    return number === null ? null : integer(BigInt(number));
  }
  if (!whole(checks.decimal, value)) return null;
  const [digits, decimals = ""] = value.split(".");
  return { millionths: BigInt(digits + decimals.padEnd(PLACES, "0")), places: decimals.length };
}

function integer(value: bigint): Amount {
  return { millionths: value * MILLION, places: 0 };
}

/** The sum; what is missing counts as 0. */
function total(amounts: readonly (Amount | null)[], fixed: number): Amount {
  let { millionths, places } = integer(BigInt(fixed));
  for (const amount of amounts) {
    millionths += amount?.millionths ?? BigInt(0);
    places = Math.max(places, amount?.places ?? 0);
  }
  return { millionths, places };
}

/** A sum as people write it; a sum of months as `YYYY-MM`. */
function shown({ millionths, places }: Amount, months: boolean): string {
  if (months) {
    const month = Number(millionths / MILLION) - 1;
    const year = Math.floor(month / 12);
    return `${String(year).padStart(4, "0")}-${String(month - 12 * year + 1).padStart(2, "0")}`;
  }
  const negative = millionths < 0;
  const digits = String(negative ? -millionths : millionths).padStart(PLACES + 1, "0");
  const decimals = digits.slice(-PLACES).slice(0, places);
  return (negative ? "-" : "") + digits.slice(0, -PLACES) + (decimals && `.${decimals}`);
}
