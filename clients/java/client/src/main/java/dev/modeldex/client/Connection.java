package dev.modeldex.client;

import dev.modeldex.v1.Model;
import dev.modeldex.v1.ModelUpdate;
import dev.modeldex.v1.SubscriberServiceGrpc;
import dev.modeldex.v1.UpdateEvent;
import dev.modeldex.v1.UpdateTransition;
import dev.modeldex.v1.WatchOptions;
import dev.modeldex.v1.WatchRequest;
import dev.modeldex.v1.WatchResponse;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One stream of a watch. */
final class Connection {
  // What the contract says of bookmark_interval. Outside of its bounds the server has to refuse, so it gets its time.
  private static final Duration BOOKMARKS = Duration.ofSeconds(10);
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(1);
  private static final int SILENT_INTERVALS = 3;

  private final BlockingClientCall<?, WatchResponse> call;
  private final Duration silence;
  private final List<UpdateEvent> entered = new ArrayList<>();

  Connection(Modeldex modeldex, WatchRequest request) {
    call = modeldex.stub(SubscriberServiceGrpc::newBlockingV2Stub).watch(request);
    silence = interval(request.getOptions()).multipliedBy(SILENT_INTERVALS);
  }

  /**
   * Waits for the next message; null where the server ended the stream in good order. The parts of a snapshot, which
   * have no token, come joined to one.
   */
  WatchResponse receive() throws InterruptedException {
    WatchResponse part = read();
    while (part != null && part.getResumeToken().isEmpty()) {
      take(part);
      part = read();
    }
    return part != null && part.getSnapshotComplete() ? joined(part) : part;
  }

  /** Ends the stream, also one that another thread waits for. */
  void hangUp() {
    call.cancel("the watch left", null);
  }

  private WatchResponse read() throws InterruptedException {
    try {
      return call.read(silence.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException silent) {
      throw Status.UNAVAILABLE.withDescription("nothing came for three bookmark intervals").asRuntimeException();
    } catch (StatusException error) {
      throw error.getStatus().asRuntimeException(error.getTrailers());
    }
  }

  private void take(WatchResponse part) {
    part.getSnapshotModelsList().stream().map(Connection::enters).forEach(entered::add);
  }

  private WatchResponse joined(WatchResponse last) {
    take(last);
    return last.toBuilder()
        .clearSnapshotModels()
        .clearUpdates()
        .addAllUpdates(entered)
        .addAllUpdates(last.getUpdatesList())
        .build();
  }

  /** A model of a snapshot as an update. */
  private static UpdateEvent enters(Model model) {
    return UpdateEvent.newBuilder()
        .setRevision(model.getRevision())
        .setTime(model.getUpdateTime())
        .setTransition(UpdateTransition.UPDATE_TRANSITION_ENTERED)
        .setModel(
            ModelUpdate.newBuilder()
                .setModelId(model.getId())
                .setProviderId(model.getProviderId())
                .setVersion(model.getVersion())
                .setAfter(model))
        .build();
  }

  private static Duration interval(WatchOptions options) {
    if (!options.hasBookmarkInterval()) {
      return BOOKMARKS;
    }
    Duration asked = Problem.span(options.getBookmarkInterval());
    return asked.compareTo(SHORTEST) < 0 ? SHORTEST : asked.compareTo(LONGEST) > 0 ? LONGEST : asked;
  }
}
