// Stands between pytest and the form pages' script: a question a line, an answer a line, both JSON.
// {schema, checks} chooses what follows is held against; {value, traits}, {count} and {fields} are questions.
import { readFileSync } from "node:fs";
import { check, checkSoFar, type Finding } from "../web/src/check/check.ts";
import { Schema } from "../web/src/schema.ts";
import { count } from "../web/src/wordcount.ts";

let schema = new Schema({});
let checks;
const answers = [];

/** Whole numbers that a float does not hold come as they would from a file. */
function exact(_key: string, value: unknown, { source }: { source: string }): unknown {
  const whole = typeof value === "number" && /^-?[0-9]+$/.test(source);
  return whole && !Number.isSafeInteger(value) ? BigInt(source) : value;
}

for (const line of readFileSync(0, "utf8").trim().split("\n")) {
  const asked = JSON.parse(line, exact);
  if ("schema" in asked) {
    schema = new Schema(asked.schema);
    checks = asked.checks;
  } else if ("count" in asked) answers.push(Object.values(count(asked.count)));
  else if ("fields" in asked) answers.push(schema.fields.map(({ path }) => [path, schema.titleAt(path)]));
  else {
    const found = check(asked.value, schema, checks, asked.traits).map(said);
    holdTogether(found, checkSoFar(asked.value, schema, checks, asked.traits).map(said));
    answers.push(found);
  }
}

function said(found: Finding): unknown[] {
  const { code, severity, pointer, message, hint, clause, answered } = found;
  return [code, severity, pointer, message, hint, clause, answered];
}

/** While a document is written the page says all that is said of it in the end, and of a valid one no more. */
function holdTogether(found: unknown[][], soFar: unknown[][]): void {
  const all = new Set(soFar.map((finding) => JSON.stringify(finding)));
  const left = found.filter((finding) => !all.has(JSON.stringify(finding)));
  const valid = !found.some(([code]) => /^[SY]/.test(String(code)));
  if (left.length || (valid && soFar.length !== found.length)) {
    throw new Error(`said in the end: ${JSON.stringify(found)}, before: ${JSON.stringify(soFar)}`);
  }
}
console.log(answers.map((answer) => JSON.stringify(answer)).join("\n"));
