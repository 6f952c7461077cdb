// Trying again: waits that grow, and none any more when the network is back.

const WAITS = [2, 4, 8, 15, 30, 60];

export class Patience {
  private tries = 0;
  private timer = 0;
  private act: (() => void) | null = null;

  constructor() {
    window.addEventListener("online", () => this.now());
  }

  /** Calls `act` after a while, in place of what waited before; gives the seconds. `least`: what was asked for. */
  again(act: () => void, least = 0): number {
    window.clearTimeout(this.timer);
    // Not all at the same moment: a service that was away is not overrun when it is back.
    const seconds = Math.max(
      least,
      WAITS[Math.min(this.tries, WAITS.length - 1)]! * (0.8 + 0.4 * Math.random()),
    );
    this.tries += 1;
    this.act = act;
    this.timer = window.setTimeout(() => this.now(), seconds * 1000);
    return Math.ceil(seconds);
  }

  /** Whether something is to be tried again. */
  get waits(): boolean {
    return this.act !== null;
  }

  /** What waits is done at once. */
  now(): void {
    const { act } = this;
    window.clearTimeout(this.timer);
    this.act = null;
    if (act) act();
  }

  /** It went well, or nobody wants it any more. */
  rest(): void {
    window.clearTimeout(this.timer);
    this.act = null;
    this.tries = 0;
  }
}
