// How long to wait before the next attempt.

const FIRST_MS = 100;
const LONGEST_MS = 5_000;

/**
 * Waits by chance below a limit, which doubles until something arrives. Chance keeps those who were cut off together
 * from coming back together.
 */
export class Backoff {
  private limitMs = FIRST_MS;

  constructor(private readonly chance: () => number = Math.random) {}

  /** Milliseconds to wait now, on top of what the server asks for. */
  next(askedMs: number): number {
    const limitMs = this.limitMs;
    this.limitMs = Math.min(2 * limitMs, LONGEST_MS);
    return askedMs + limitMs * this.chance();
  }

  /** Something arrived: begin with the shortest again. */
  reset(): void {
    this.limitMs = FIRST_MS;
  }
}
