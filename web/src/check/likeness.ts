// How much two texts have in common, in code points.

/** The length of the longest common subsequence; with `run`, of the longest stretch that stands in both. */
export function common(left: string, right: string, run = false): number {
  const columns = [...right];
  let above = columns.map(() => 0);
  let best = 0;
  for (const character of left) {
    const row: number[] = [];
    columns.forEach((other, index) => {
      const diagonal = above[index - 1] ?? 0;
      const beside = run ? 0 : Math.max(above[index]!, row[index - 1] ?? 0);
      row.push(character === other ? diagonal + 1 : beside);
      best = Math.max(best, row[index]!);
    });
    above = row;
  }
  return best;
}
