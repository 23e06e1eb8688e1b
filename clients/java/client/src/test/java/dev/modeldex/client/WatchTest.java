package dev.modeldex.client;

import static dev.modeldex.client.ScriptedServer.complete;
import static dev.modeldex.client.ScriptedServer.ends;
import static dev.modeldex.client.ScriptedServer.error;
import static dev.modeldex.client.ScriptedServer.fails;
import static dev.modeldex.client.ScriptedServer.part;
import static dev.modeldex.client.ScriptedServer.said;
import static dev.modeldex.client.ScriptedServer.silent;
import static dev.modeldex.client.ScriptedServer.span;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modeldex.v1.ErrorReason;
import dev.modeldex.v1.ModelUpdateType;
import dev.modeldex.v1.UpdateEvent;
import dev.modeldex.v1.UpdateTransition;
import dev.modeldex.v1.WatchGoingAway;
import dev.modeldex.v1.WatchOptions;
import dev.modeldex.v1.WatchRequest;
import dev.modeldex.v1.WatchResponse;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WatchTest {
  private static final StatusRuntimeException AWAY = Status.UNAVAILABLE.asRuntimeException();
  private static final WatchRequest FROM_NOW = WatchRequest.getDefaultInstance();
  private static final WatchRequest SNAPSHOT = asking(WatchOptions.newBuilder().setInitialSnapshot(true));
  private static final WatchRequest EACH_SECOND = asking(WatchOptions.newBuilder().setBookmarkInterval(span(1000)));

  @Test
  @DisplayName("however a connection ends, the next one begins after the last message")
  void goesOnAfterTheLastToken() throws IOException {
    try (var server =
        new ScriptedServer(
            fails(AWAY, said(1), said(2)),
            fails(Status.INTERNAL.asRuntimeException()),
            ends(said(3)),
            fails(error(Code.ABORTED, "REDELIVERY")),
            fails(error(Code.ABORTED, "SUBSCRIPTION_CHANGED")),
            ends(said(4)))) {
      assertEquals(List.of(1L, 2L, 3L, 4L), revisions(take(4, server, FROM_NOW)));
      assertEquals(List.of("", "after 2", "after 2", "after 3", "after 3", "after 3"), tokens(server));
    }
  }

  @Test
  @DisplayName("until something comes, a watch begins where it was told to")
  void beginsWhereItWasToldTo() throws IOException {
    try (var server = new ScriptedServer(fails(AWAY), ends(said(8)))) {
      var request = asking(WatchOptions.newBuilder().setAfterRevision(7).setOmitBefore(true));
      take(1, server, request);
      assertEquals(List.of(request, request), server.requests);
    }
  }

  @Test
  @DisplayName("a server that says nothing for three bookmark intervals is left")
  void leavesASilentServer() throws IOException {
    try (var server = new ScriptedServer(silent(said(1)), ends(said(2)))) {
      long begun = System.nanoTime();
      assertEquals(List.of(1L, 2L), revisions(take(2, server, EACH_SECOND)));
      assertEquals(List.of("", "after 1"), tokens(server));
      assertTrue(System.nanoTime() - begun >= TimeUnit.SECONDS.toNanos(3));
    }
  }

  @Test
  @DisplayName("whoever reads slowly is not taken for a silent server")
  void waitsForItsReader() throws IOException, InterruptedException {
    try (var server = new ScriptedServer(silent(said(1)));
        var modeldex = server.connect();
        var watch = new Watch(modeldex, EACH_SECOND)) {
      assertEquals(1, watch.iterator().next().getRevision());
      assertFalse(server.left.await(3500, TimeUnit.MILLISECONDS), "the stream was left");
    }
  }

  @Test
  @DisplayName("a server is given the time that it asks for, as it goes or with its error")
  void waitsAsLongAsAsked() throws IOException {
    var going = said(1).toBuilder().setGoingAway(WatchGoingAway.newBuilder().setRetryAfter(span(300))).build();
    var full = error(Code.RESOURCE_EXHAUSTED, "TOO_MANY_STREAMS", 300);
    try (var server = new ScriptedServer(ends(going), fails(full), ends(said(2)))) {
      long begun = System.nanoTime();
      take(2, server, FROM_NOW);
      assertTrue(System.nanoTime() - begun >= TimeUnit.MILLISECONDS.toNanos(600));
    }
  }

  @Test
  @DisplayName("a snapshot is one message whose models enter; one that breaks off is not seen")
  void snapshotComesWhole() throws IOException {
    try (var server =
        new ScriptedServer(
            fails(AWAY, part("acme/one")), ends(part("acme/one"), part("acme/two"), complete(5), said(6)))) {
      var messages = take(2, server, SNAPSHOT);
      WatchResponse first = messages.get(0);
      assertEquals(5, first.getRevision());
      assertTrue(first.getSnapshotComplete());
      assertEquals(0, first.getSnapshotModelsCount());
      var updates = first.getUpdatesList();
      assertEquals(
          List.of("acme/one", "acme/two"),
          updates.stream().map(update -> update.getModel().getAfter().getId()).toList());
      UpdateEvent second = updates.get(1);
      assertEquals(UpdateTransition.UPDATE_TRANSITION_ENTERED, second.getTransition());
      assertEquals(3, second.getRevision());
      assertEquals(2, second.getModel().getVersion());
      assertEquals("acme/two", second.getModel().getModelId());
      assertEquals("acme", second.getModel().getProviderId());
      assertEquals(ModelUpdateType.MODEL_UPDATE_TYPE_UNSPECIFIED, second.getModel().getType());
      assertEquals(said(6), messages.get(1));
      assertEquals(List.of(SNAPSHOT, SNAPSHOT), server.requests);
    }
  }

  @ParameterizedTest
  @CsvSource({"OUT_OF_RANGE, REVISION_COMPACTED", "ABORTED, HISTORY_REWOUND", "ABORTED, ACCESS_CHANGED"})
  @DisplayName("where its place is gone, a watch with a snapshot takes a new one, and any other ends")
  void takesANewSnapshot(Code code, String reason) throws IOException {
    var lost = error(code, reason);
    try (var server = new ScriptedServer(fails(lost, complete(5), said(9)), ends(complete(4)))) {
      assertEquals(List.of(5L, 9L, 4L), revisions(take(3, server, SNAPSHOT)));
      assertEquals(List.of(SNAPSHOT, SNAPSHOT), server.requests);
    }
    try (var server = new ScriptedServer(fails(lost, said(9)))) {
      var error = assertThrows(StatusRuntimeException.class, () -> take(2, server, FROM_NOW));
      assertEquals(ErrorReason.valueOf("ERROR_REASON_" + reason), Problem.of(error).reason());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "INVALID_ARGUMENT, INVALID_RESUME_TOKEN",
    "UNAUTHENTICATED, UNAUTHENTICATED",
    "PERMISSION_DENIED, PERMISSION_DENIED",
    "NOT_FOUND, SUBSCRIPTION_NOT_FOUND",
    "ABORTED, SUBSCRIPTION_SUPERSEDED",
    "ALREADY_EXISTS, UNSPECIFIED",
    "FAILED_PRECONDITION, SUBSCRIPTION_EXPIRED",
    "UNIMPLEMENTED, UNSPECIFIED",
  })
  @DisplayName("an error that another attempt would not mend ends a watch at once")
  void endsWithFinalErrors(Code code, String reason) throws IOException {
    try (var server = new ScriptedServer(fails(error(code, reason), said(1)));
        var modeldex = server.connect();
        var watch = new Watch(modeldex, SNAPSHOT)) {
      var messages = watch.iterator();
      assertEquals(1, messages.next().getRevision());
      Problem problem = Problem.of(assertThrows(StatusRuntimeException.class, messages::next));
      assertEquals(code, problem.code());
      assertEquals(ErrorReason.valueOf("ERROR_REASON_" + reason), problem.reason());
      assertFalse(messages.hasNext());
      assertEquals(1, server.requests.size());
    }
  }

  @Test
  @DisplayName("closing hangs up")
  void closingHangsUp() throws IOException, InterruptedException {
    try (var server = new ScriptedServer(silent(said(1)));
        var modeldex = server.connect()) {
      try (var watch = new Watch(modeldex, FROM_NOW)) {
        watch.iterator().next();
      }
      assertTrue(server.left.await(20, TimeUnit.SECONDS));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @DisplayName("another thread ends the loop by closing, while it reads and while it waits")
  void closingEndsTheLoop(boolean reading) throws Exception {
    var scene = reading ? silent(said(1)) : fails(error(Code.UNAVAILABLE, "DRAINING", 3_600_000), said(1));
    try (var server = new ScriptedServer(scene);
        var modeldex = server.connect()) {
      var watch = new Watch(modeldex, FROM_NOW);
      var messages = watch.iterator();
      messages.next();
      var more = CompletableFuture.supplyAsync(messages::hasNext);
      Thread.sleep(300);
      assertFalse(more.isDone());
      watch.close();
      assertFalse(more.get(20, TimeUnit.SECONDS));
    }
  }

  @Test
  @DisplayName("with the connection closed a watch ends with an error")
  void closingTheConnectionEndsTheLoop() throws IOException {
    try (var server = new ScriptedServer(fails(AWAY, said(1)))) {
      var modeldex = server.connect();
      var messages = new Watch(modeldex, FROM_NOW).iterator();
      messages.next();
      modeldex.close();
      var error = assertThrows(StatusRuntimeException.class, messages::next);
      assertEquals(Code.UNAVAILABLE, error.getStatus().getCode());
    }
  }

  @Test
  @DisplayName("an interrupted reader is told so and stays interrupted")
  void interruptionEndsTheLoop() throws IOException {
    try (var server = new ScriptedServer(silent())) {
      Thread.currentThread().interrupt();
      var error = assertThrows(StatusRuntimeException.class, () -> take(1, server, FROM_NOW));
      assertEquals(Code.CANCELLED, error.getStatus().getCode());
      assertTrue(Thread.interrupted());
    }
  }

  private static List<WatchResponse> take(int count, ScriptedServer server, WatchRequest request) throws IOException {
    try (var modeldex = server.connect();
        var watch = new Watch(modeldex, request)) {
      var taken = new ArrayList<WatchResponse>();
      for (WatchResponse message : watch) {
        taken.add(message);
        if (taken.size() == count) {
          break;
        }
      }
      return taken;
    }
  }

  private static List<Long> revisions(List<WatchResponse> messages) {
    return messages.stream().map(WatchResponse::getRevision).toList();
  }

  private static List<String> tokens(ScriptedServer server) {
    return server.requests.stream().map(request -> request.getOptions().getResumeToken()).toList();
  }

  private static WatchRequest asking(WatchOptions.Builder options) {
    return WatchRequest.newBuilder().setOptions(options).build();
  }
}
