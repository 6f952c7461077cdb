// Answers questions: a line of JSON in, a line of JSON out. Whole numbers beyond 2^53 are bigints here.
type Source = { source: string };
const raw = JSON as unknown as {
  parse(text: string, revive: (key: string, value: unknown, context: Source) => unknown): unknown;
  rawJSON(text: string): unknown;
};

export async function answer(how: (question: never) => unknown): Promise<void> {
  for await (const line of lines()) {
    const question = raw.parse(line, (_key, value, context) =>
      typeof value === "number" && !Number.isSafeInteger(value) ? BigInt(context.source) : value,
    );
    const said = JSON.stringify(how(question as never), (_key, value: unknown) =>
      typeof value === "bigint" ? raw.rawJSON(String(value)) : value,
    );
    process.stdout.write(`${said.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)}\n`);
  }
}

// Not node:readline, which ends a line at U+2028 and U+2029 too.
async function* lines(): AsyncGenerator<string> {
  let rest = "";
  for await (const text of process.stdin.setEncoding("utf-8")) {
    const [first, ...others] = text.split("\n");
    rest += first;
    for (const other of others) {
      yield rest;
      rest = other;
    }
  }
}
