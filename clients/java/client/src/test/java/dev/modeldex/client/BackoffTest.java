package dev.modeldex.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class BackoffTest {
  @Test
  @DisplayName("the limit doubles from 0.1 s to 5 s, and begins anew once something arrived")
  void limitDoubles() {
    var backoff = new Backoff(() -> 1);
    var limits = Stream.generate(() -> backoff.next(Duration.ZERO).toMillis()).limit(8).toList();
    assertEquals(List.of(100L, 200L, 400L, 800L, 1600L, 3200L, 5000L, 5000L), limits);
    backoff.reset();
    assertEquals(Duration.ofMillis(100), backoff.next(Duration.ZERO));
  }

  @Test
  @DisplayName("a wait is a matter of chance, on top of what the server asks for")
  void waitsAsLongAsAsked() {
    var waits = Stream.generate(() -> new Backoff(Math::random).next(Duration.ofSeconds(1))).limit(1000).toList();
    assertTrue(waits.stream().allMatch(wait -> wait.toMillis() >= 1000 && wait.toMillis() < 1100));
    assertTrue(waits.stream().distinct().count() > 100);
  }
}
