package dev.modeldex.client;

import dev.modeldex.v1.ErrorReason;
import dev.modeldex.v1.WatchOptions;
import dev.modeldex.v1.WatchRequest;
import dev.modeldex.v1.WatchResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * The messages of a watch as they come, over as many connections as it takes. It begins where {@code options.start} of
 * the request says: with what is committed from now on, after a revision, after a token, or with a snapshot.
 *
 * <pre>{@code
 * try (var watch = new Watch(modeldex, WatchRequest.getDefaultInstance())) {
 *   for (WatchResponse message : watch) {
 *     message.getUpdatesList().forEach(System.out::println);
 *   }
 * }
 * }</pre>
 *
 * <p>Where the connection is lost, the server goes away or nothing comes for three bookmark intervals, it connects
 * again, to any replica, and goes on after the last message: every update comes once, in order. The resume token of a
 * message continues after it in another process, too. With the first message the watch has begun: from then on nothing
 * is missed.
 *
 * <p>A snapshot comes as one message with {@code snapshot_complete}: each of its models is an update with {@code
 * after}, the transition ENTERED and no type. It takes the place of all that came before, so a copy drops what it does
 * not name. A watch that asked for a snapshot gets a new one where the log does not keep its place any more; another one
 * ends.
 *
 * <p>One thread reads it; any may close it, which ends the loop. An error that another attempt would not mend is thrown
 * as a {@link StatusRuntimeException}, and CANCELLED where the reading thread is interrupted.
 */
public final class Watch implements Iterable<WatchResponse>, AutoCloseable {
  private static final Set<Status.Code> FINAL =
      EnumSet.of(
          Status.Code.ABORTED,
          Status.Code.ALREADY_EXISTS,
          Status.Code.FAILED_PRECONDITION,
          Status.Code.INVALID_ARGUMENT,
          Status.Code.NOT_FOUND,
          Status.Code.OUT_OF_RANGE,
          Status.Code.PERMISSION_DENIED,
          Status.Code.UNAUTHENTICATED,
          Status.Code.UNIMPLEMENTED);

  private final Modeldex modeldex;
  private final WatchRequest ordered;
  private final Backoff backoff = new Backoff(() -> ThreadLocalRandom.current().nextDouble());
  private final CountDownLatch closed = new CountDownLatch(1);
  private WatchRequest request; // of the next connection
  private Duration asked; // by the server, to wait before the next connection
  private volatile Connection connection;
  private WatchResponse message; // came, and was not given

  /** Prepares a watch. It connects when its first message is asked for. */
  public Watch(Modeldex modeldex, WatchRequest request) {
    this.modeldex = modeldex;
    this.ordered = request;
    this.request = request;
  }

  /** The messages that were not given yet, whichever loop asks for them. */
  @Override
  public Iterator<WatchResponse> iterator() {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        if (message == null) {
          message = read();
        }
        return message != null;
      }

      @Override
      public WatchResponse next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        WatchResponse given = message;
        message = null;
        return given;
      }
    };
  }

  /** Hangs up, and ends the loop that reads it. */
  @Override
  public void close() {
    closed.countDown();
    hangUp();
  }

  /** Waits for the next message, however many connections that takes; null once the watch is closed. */
  private WatchResponse read() {
    try {
      while (!isClosed()) {
        WatchResponse next = attempt();
        if (next != null) {
          return next;
        }
        hangUp();
        closed.await(backoff.next(asked).toMillis(), TimeUnit.MILLISECONDS);
      }
      return null;
    } catch (InterruptedException interrupted) {
      close();
      Thread.currentThread().interrupt();
      throw Status.CANCELLED.withDescription("interrupted").withCause(interrupted).asRuntimeException();
    }
  }

  /** Waits for the next message of a connection; null where it ended. Throws what ends the watch. */
  private WatchResponse attempt() throws InterruptedException {
    try {
      WatchResponse next = connected().receive();
      if (next != null) {
        backoff.reset();
        request = ordered.toBuilder().mergeOptions(after(next)).build();
        asked = Problem.span(next.getGoingAway().getRetryAfter());
      }
      return next;
    } catch (StatusRuntimeException error) {
      if (!isClosed()) {
        interrupted(error);
      }
      return null;
    }
  }

  private Connection connected() {
    Connection current = connection;
    if (current == null) {
      asked = Duration.ZERO;
      modeldex.reconnect();
      connection = current = new Connection(modeldex, request);
      if (isClosed()) {
        hangUp(); // Whoever closed the watch did not see this one.
      }
    }
    return current;
  }

  /** Makes ready for another attempt after an error, or throws it. */
  private void interrupted(StatusRuntimeException error) {
    Problem problem = Problem.of(error);
    if (ordered.getOptions().getInitialSnapshot() && isGone(problem)) {
      request = ordered;
    } else if (isFinal(problem) || modeldex.isClosed()) {
      close();
      throw error;
    }
    Duration retryAfter = Problem.retryAfter(error);
    asked = asked.compareTo(retryAfter) < 0 ? retryAfter : asked;
  }

  private void hangUp() {
    Connection current = connection;
    if (current != null) {
      current.hangUp();
      connection = null;
    }
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  private static WatchOptions after(WatchResponse message) {
    return WatchOptions.newBuilder().setResumeToken(message.getResumeToken()).build();
  }

  /** Whether an error ends a watch: another attempt would not mend it. */
  private static boolean isFinal(Problem problem) {
    return FINAL.contains(problem.code()) && !isOpenedAnew(problem);
  }

  /** Whether an error means that the place in the log is worth nothing any more, which a new snapshot mends. */
  private static boolean isGone(Problem problem) {
    return switch (problem.code()) {
      case OUT_OF_RANGE -> true;
      // The history was rewound, or the caller may see other models now.
      case ABORTED ->
          !isOpenedAnew(problem) && problem.reason() != ErrorReason.ERROR_REASON_SUBSCRIPTION_SUPERSEDED;
      default -> false;
    };
  }

  /** Whether the stream of a subscription ended so that it is opened anew. */
  private static boolean isOpenedAnew(Problem problem) {
    return problem.reason() == ErrorReason.ERROR_REASON_REDELIVERY
        || problem.reason() == ErrorReason.ERROR_REASON_SUBSCRIPTION_CHANGED;
  }
}
