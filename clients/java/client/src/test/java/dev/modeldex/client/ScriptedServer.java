package dev.modeldex.client;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.modeldex.v1.Model;
import dev.modeldex.v1.SubscriberServiceGrpc;
import dev.modeldex.v1.WatchRequest;
import dev.modeldex.v1.WatchResponse;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** A server that plays a script: what it says on one connection after the other. Any further one is silent. */
final class ScriptedServer extends SubscriberServiceGrpc.SubscriberServiceImplBase implements AutoCloseable {
  /** What is said on a connection, whether that ends it, and the error that does; null for none. */
  record Scene(boolean ends, StatusRuntimeException error, List<WatchResponse> says) {}

  final List<WatchRequest> requests = new CopyOnWriteArrayList<>();
  /** Counted down where a caller leaves a stream. */
  final CountDownLatch left = new CountDownLatch(1);

  private final Deque<Scene> script;
  private final Server server;

  ScriptedServer(Scene... script) throws IOException {
    this.script = new ConcurrentLinkedDeque<>(List.of(script));
    server = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create()).addService(this).build().start();
  }

  Modeldex connect() throws IOException {
    return Modeldex.connect(Settings.from(Map.of("MODELDEX_TARGET", "localhost:" + server.getPort())));
  }

  @Override
  public void watch(WatchRequest request, StreamObserver<WatchResponse> stream) {
    ((ServerCallStreamObserver<WatchResponse>) stream).setOnCancelHandler(left::countDown);
    requests.add(request);
    Scene scene = script.isEmpty() ? silent() : script.remove();
    scene.says().forEach(stream::onNext);
    if (scene.error() != null) {
      stream.onError(scene.error());
    } else if (scene.ends()) {
      stream.onCompleted();
    }
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  /** Says this and ends the stream in good order. */
  static Scene ends(WatchResponse... says) {
    return new Scene(true, null, List.of(says));
  }

  /** Says this and fails. */
  static Scene fails(StatusRuntimeException error, WatchResponse... says) {
    return new Scene(true, error, List.of(says));
  }

  /** Says this and no more. */
  static Scene silent(WatchResponse... says) {
    return new Scene(false, null, List.of(says));
  }

  /** An error as the server sends it. */
  static StatusRuntimeException error(Status.Code code, String reason) {
    return error(code, reason, 0);
  }

  static StatusRuntimeException error(Status.Code code, String reason, long retryAfterMillis) {
    var info = ErrorInfo.newBuilder().setReason(reason).setDomain("modeldex").build();
    var retry = RetryInfo.newBuilder().setRetryDelay(span(retryAfterMillis)).build();
    return StatusProto.toStatusRuntimeException(
        com.google.rpc.Status.newBuilder()
            .setCode(code.value())
            .setMessage(reason)
            .addDetails(Any.pack(retry))
            .addDetails(Any.pack(info))
            .build());
  }

  static Duration span(long milliseconds) {
    return Duration.newBuilder()
        .setSeconds(milliseconds / 1000)
        .setNanos((int) (milliseconds % 1000) * 1_000_000)
        .build();
  }

  /** A bookmark. */
  static WatchResponse said(long revision) {
    return WatchResponse.newBuilder().setRevision(revision).setResumeToken("after " + revision).build();
  }

  /** A part of a snapshot, with one model. */
  static WatchResponse part(String id) {
    var model = Model.newBuilder().setId(id).setProviderId("acme").setVersion(2).setRevision(3);
    return WatchResponse.newBuilder().addSnapshotModels(model).build();
  }

  /** The last part of a snapshot. */
  static WatchResponse complete(long revision) {
    return said(revision).toBuilder().setSnapshotComplete(true).build();
  }
}
