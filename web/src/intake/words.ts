// Moments and sizes as people read them.

/** `10:32:05`, with the day where it is not that of `now`; both as ISO 8601 in the campaign's own zone. */
export function stamp(iso: string, now = ""): string {
  const found = /^(\d+)-(\d+)-(\d+)T(\d\d:\d\d:\d\d)/.exec(iso);
  if (!found) return iso;
  const [, year, month, day, time] = found;
  if (now.slice(0, 10) === iso.slice(0, 10)) return time!;
  const old = now && now.slice(0, 4) !== year ? `${year}年` : "";
  return `${old}${Number(month)}月${Number(day)}日 ${time}`;
}

/** `2012年8月21日 10:32:05` */
export function fullStamp(iso: string): string {
  return stamp(iso, "x");
}

export function sizeWords(bytes: number): string {
  return bytes < 1024 * 1024
    ? `${Math.max(1, Math.round(bytes / 1024))} KB`
    : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
