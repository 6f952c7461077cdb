// Answers questions: a line of JSON in, a line of JSON out. Whole numbers beyond 2^53 are bigints here.
import { createInterface } from "node:readline";

type Source = { source: string };
const raw = JSON as unknown as {
  parse(text: string, revive: (key: string, value: unknown, context: Source) => unknown): unknown;
  rawJSON(text: string): unknown;
};

export async function answer(how: (question: never) => unknown): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const question = raw.parse(line, (_key, value, context) =>
      typeof value === "number" && !Number.isSafeInteger(value) ? BigInt(context.source) : value,
    );
    const said = JSON.stringify(how(question as never), (_key, value: unknown) =>
      typeof value === "bigint" ? raw.rawJSON(String(value)) : value,
    );
    process.stdout.write(`${said.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)}\n`);
  }
}
