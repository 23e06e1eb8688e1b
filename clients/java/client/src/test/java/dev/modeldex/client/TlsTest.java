package dev.modeldex.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.modeldex.v1.DiscoveryServiceGrpc;
import dev.modeldex.v1.GetModelRequest;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsServerCredentials;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Calls a server that speaks TLS and asks for a certificate. One certificate serves both sides. */
@Timeout(60)
class TlsTest {
  private final AtomicReference<String> authorization = new AtomicReference<>();
  @TempDir private Path folder;
  private Path certificate;
  private Path key;
  private Server server;

  @BeforeEach
  void start() throws IOException, InterruptedException, GeneralSecurityException {
    makeCertificate();
    var credentials =
        TlsServerCredentials.newBuilder()
            .keyManager(certificate.toFile(), key.toFile())
            .trustManager(certificate.toFile())
            .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
            .build();
    server =
        Grpc.newServerBuilderForPort(0, credentials)
            .addService(new DiscoveryServiceGrpc.DiscoveryServiceImplBase() {})
            .intercept(new Listener())
            .build()
            .start();
  }

  @AfterEach
  void stop() {
    server.shutdownNow();
  }

  @Test
  @DisplayName("over TLS a server whose signer is trusted gets the token and the caller's certificate")
  void tlsCarriesTokenAndCertificate() throws IOException {
    assertEquals(Code.UNIMPLEMENTED, call(certificate)); // The call arrived: the server has no more to say.
    assertEquals("Bearer mdx_secret", authorization.get());
  }

  @Test
  @DisplayName("a server whose signer is not trusted gets nothing")
  void tlsRefusesAnUntrustedServer() throws IOException {
    assertEquals(Code.UNAVAILABLE, call(null));
    assertNull(authorization.get());
  }

  private Code call(Path ca) throws IOException {
    var settings = new Settings("localhost:" + server.getPort(), "mdx_secret", true, ca, certificate, key);
    try (var modeldex = Modeldex.connect(settings)) {
      var catalogue = modeldex.stub(DiscoveryServiceGrpc::newBlockingStub);
      var request = GetModelRequest.newBuilder().setId("acme/one").build();
      return assertThrows(StatusRuntimeException.class, () -> catalogue.getModel(request)).getStatus().getCode();
    }
  }

  /** Writes a fresh certificate and its key as PEM. The JDK makes certificates with its keytool only. */
  private void makeCertificate() throws IOException, InterruptedException, GeneralSecurityException {
    Path store = folder.resolve("store.p12");
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    String options =
        "-genkeypair -alias test -keyalg EC -validity 2 -storetype PKCS12 -storepass changeit"
            + " -dname CN=localhost -ext san=dns:localhost -keystore";
    var command = new ArrayList<>(List.of(keytool));
    command.addAll(List.of(options.split(" ")));
    command.add(store.toString());
    assertEquals(0, new ProcessBuilder(command).redirectErrorStream(true).start().waitFor());

    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream bytes = Files.newInputStream(store)) {
      keys.load(bytes, "changeit".toCharArray());
    }
    certificate = pem("CERTIFICATE", keys.getCertificate("test").getEncoded());
    key = pem("PRIVATE KEY", keys.getKey("test", "changeit".toCharArray()).getEncoded());
  }

  private Path pem(String kind, byte[] der) throws IOException {
    String body = Base64.getMimeEncoder().encodeToString(der);
    String text = "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(kind, body, kind);
    return Files.writeString(folder.resolve(kind + ".pem"), text);
  }

  /** Keeps the token of the last call. */
  private final class Listener implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      authorization.set(headers.get(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER)));
      return next.startCall(call, headers);
    }
  }
}
