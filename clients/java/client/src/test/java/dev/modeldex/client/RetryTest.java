package dev.modeldex.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.modeldex.v1.BenchmarkModelRequest;
import dev.modeldex.v1.BenchmarkModelResponse;
import dev.modeldex.v1.DiscoveryServiceGrpc;
import dev.modeldex.v1.DiscoveryServiceGrpc.DiscoveryServiceBlockingStub;
import dev.modeldex.v1.GetModelRequest;
import dev.modeldex.v1.GetModelResponse;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RetryTest {
  private final Away away = new Away();
  private Server server;
  private Modeldex modeldex;
  private DiscoveryServiceBlockingStub catalogue;

  @BeforeEach
  void start() throws IOException {
    server = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create()).addService(away).build().start();
    modeldex = Modeldex.connect(Settings.from(Map.of("MODELDEX_TARGET", "localhost:" + server.getPort())));
    catalogue = modeldex.stub(DiscoveryServiceGrpc::newBlockingStub);
  }

  @AfterEach
  void stop() {
    modeldex.close();
    server.shutdownNow();
  }

  @Test
  @DisplayName("a read is tried again while the server is away, and the caller does not notice")
  void readIsTriedAgain() {
    catalogue.getModel(GetModelRequest.newBuilder().setId("acme/one").build());
    assertEquals(3, away.calls.get());
  }

  @Test
  @DisplayName("what the contract does not call idempotent is tried once")
  void benchmarkIsNotTriedAgain() {
    var request = BenchmarkModelRequest.getDefaultInstance();
    var error = assertThrows(StatusRuntimeException.class, () -> catalogue.benchmarkModel(request));
    assertEquals(Status.Code.UNAVAILABLE, error.getStatus().getCode());
    assertEquals(1, away.calls.get());
  }

  /** Answers UNAVAILABLE to the first two calls. */
  private static final class Away extends DiscoveryServiceGrpc.DiscoveryServiceImplBase {
    private final AtomicInteger calls = new AtomicInteger();

    @Override
    public void getModel(GetModelRequest request, StreamObserver<GetModelResponse> answer) {
      answer(answer, GetModelResponse.getDefaultInstance());
    }

    @Override
    public void benchmarkModel(BenchmarkModelRequest request, StreamObserver<BenchmarkModelResponse> answer) {
      answer(answer, BenchmarkModelResponse.getDefaultInstance());
    }

    private <A> void answer(StreamObserver<A> answer, A message) {
      if (calls.incrementAndGet() <= 2) {
        answer.onError(Status.UNAVAILABLE.withDescription("back in a moment").asRuntimeException());
      } else {
        answer.onNext(message);
        answer.onCompleted();
      }
    }
  }
}
