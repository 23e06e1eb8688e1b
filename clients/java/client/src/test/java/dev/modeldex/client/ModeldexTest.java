package dev.modeldex.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modeldex.v1.DiscoveryServiceGrpc;
import dev.modeldex.v1.ErrorReason;
import dev.modeldex.v1.GetModelRequest;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ModeldexTest {
  @Test
  @DisplayName("an empty environment is a server on this machine without tokens or TLS")
  void emptyEnvironmentHasDefaults() {
    var expected = new Settings("localhost:50051", null, false, null, null, null);
    assertEquals(expected, Settings.from(Map.of()));
    assertEquals(expected, Settings.from(Map.of("MODELDEX_TARGET", "", "MODELDEX_TOKEN", "", "MODELDEX_CA", "")));
  }

  @Test
  @DisplayName("a file for TLS switches TLS on, and so does MODELDEX_TLS=1")
  void environmentSwitchesTlsOn() {
    assertTrue(Settings.from(Map.of("MODELDEX_TLS", "1")).tls());
    assertTrue(Settings.from(Map.of("MODELDEX_CA", "ca.pem")).tls());
    assertFalse(Settings.from(Map.of("MODELDEX_TLS", "0")).tls());
  }

  @Test
  @DisplayName("a certificate without its key is refused")
  void certificateNeedsItsKey() {
    assertThrows(IllegalArgumentException.class, () -> Settings.from(Map.of("MODELDEX_CERTIFICATE", "client.pem")));
  }

  @Test
  @DisplayName("the text of the settings does not show the token")
  void settingsHideTheToken() {
    assertFalse(Settings.from(Map.of("MODELDEX_TOKEN", "mdx_secret")).toString().contains("mdx_secret"));
  }

  @Test
  @DisplayName("a PEM file that is away is named at once and not with the first call")
  void unreadablePemIsNamed() {
    var settings = new Settings("localhost:50051", null, true, Path.of("missing.pem"), null, null);
    var error = assertThrows(IOException.class, () -> Modeldex.connect(settings));
    assertTrue(error.getMessage().contains("missing.pem"), error::getMessage);
  }

  @Test
  @DisplayName("where nobody listens a call fails with UNAVAILABLE, without a reason")
  void nobodyListens() throws IOException {
    try (var taken = new Socket()) { // A port that nobody else gets, and that does not listen.
      taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      var problem = problemOfCall(taken.getLocalPort(), 20_000);
      assertEquals(Code.UNAVAILABLE, problem.code());
      assertEquals(ErrorReason.ERROR_REASON_UNSPECIFIED, problem.reason());
    }
  }

  @Test
  @DisplayName("a call ends with its deadline, whatever the server does")
  void deadlineEndsTheCall() throws IOException {
    try (var silent = localSocket()) {
      assertEquals(Code.DEADLINE_EXCEEDED, problemOfCall(silent.getLocalPort(), 100).code());
    }
  }

  private static ServerSocket localSocket() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  private static Problem problemOfCall(int port, long milliseconds) throws IOException {
    try (var modeldex = Modeldex.connect(Settings.from(Map.of("MODELDEX_TARGET", "127.0.0.1:" + port)))) {
      var catalogue =
          modeldex.stub(DiscoveryServiceGrpc::newBlockingStub).withDeadlineAfter(milliseconds, TimeUnit.MILLISECONDS);
      var request = GetModelRequest.newBuilder().setId("openai/gpt-4o").build();
      return Problem.of(assertThrows(StatusRuntimeException.class, () -> catalogue.getModel(request)));
    }
  }
}
