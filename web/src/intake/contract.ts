// What the service answers, as agreed with it.

import type { Mapping } from "../value.ts";

/** What became of the version that was received last. */
export interface Standing {
  number: string;
  /** ISO 8601, as are all moments here. */
  at: string;
  /** `sha256:…` of the document's bytes. */
  digest: string;
  url: string;
  stage: "received" | "returned" | "accepted" | "withdrawn";
  /** Of one that is withdrawn: what that is called, 已撤回 or 不予受理. */
  word?: string;
  reason: string;
  until: string | null;
}

export interface SignedOut {
  signed_in: false;
  sign_in: string;
}

export interface SignedIn {
  signed_in: true;
  /** Empty for an account of the office, which cannot submit. */
  unit: string;
  unit_name: string;
  person: string;
  csrf: string;
  now: string;
  drafts: Record<string, { version: number; saved_at: string }>;
  documents: Record<string, Standing>;
}

export type State = SignedOut | SignedIn;

export interface Receipt {
  number: string;
  url: string;
  at: string;
  digest: string;
  late: boolean;
}

export interface ServerDraft {
  version: number;
  yaml: string;
  saved_at: string;
  person: string;
  files: Record<string, { id: string; size: number; digest: string }>;
}

export interface LiveFinding {
  code: string;
  severity: "error" | "warning";
  pointer: string;
  message: string;
  hint: string;
}

/** What a live check says; `last`: what was sent last, which the next submission replaces, with its sender if it came here. */
export interface Checked {
  findings: LiveFinding[];
  last: { yaml: string; by: string; at: string } | null;
}

/** Where an upload stands; `state` and `message` when it is complete. */
export interface Uploaded {
  id: string;
  offset: number;
  chunk?: number;
  state?: string;
  changed?: boolean;
  message?: string;
}

/** The service answered, and did not do it; `message` is its sentence for the person. */
export class Refused extends Error {
  readonly status: number;
  readonly more: Mapping;
  constructor(status: number, message: string, more: Mapping = {}) {
    super(message);
    this.status = status;
    this.more = more;
  }
}

/** No answer, or none of the service: the same may be asked again. `words` say what happened. */
export class Unreached extends Error {
  /** Seconds that the service wants one to wait. */
  readonly wait: number;
  constructor(words: string, wait = 0) {
    super(words);
    this.wait = wait;
  }
}
