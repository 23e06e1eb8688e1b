package dev.modeldex.client;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How long to wait before the next attempt: by chance below a limit, which doubles until something arrives. Chance
 * keeps those who were cut off together from coming back together.
 */
final class Backoff {
  private static final Duration FIRST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofSeconds(5);

  private final DoubleSupplier chance;
  private Duration limit = FIRST;

  /** Chance gives numbers from 0 to 1. */
  Backoff(DoubleSupplier chance) {
    this.chance = chance;
  }

  /** The wait, on top of what the server asks for. */
  Duration next(Duration asked) {
    long nanos = (long) (limit.toNanos() * chance.getAsDouble());
    limit = limit.compareTo(LONGEST.dividedBy(2)) < 0 ? limit.multipliedBy(2) : LONGEST;
    return asked.plusNanos(nanos);
  }

  /** Something arrived: begin with the shortest again. */
  void reset() {
    limit = FIRST;
  }
}
