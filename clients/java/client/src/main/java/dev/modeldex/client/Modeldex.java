package dev.modeldex.client;

import com.google.gson.Gson;
import com.google.gson.reflect.TypeToken;
import io.grpc.CallCredentials;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.AbstractStub;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A connection to a modeldex server. It is safe for use by many threads and meant to be kept: one for a program is
 * enough.
 *
 * <pre>{@code
 * try (var modeldex = Modeldex.connect()) {
 *   var catalogue = modeldex.stub(DiscoveryServiceGrpc::newBlockingStub).withDeadlineAfter(5, TimeUnit.SECONDS);
 *   var model = catalogue.getModel(GetModelRequest.newBuilder().setId("openai/gpt-4o").build()).getModel();
 *   System.out.println(model.getPricesOrThrow("input").getAmount() + " " + model.getContextWindow());
 * }
 * }</pre>
 */
public final class Modeldex implements AutoCloseable {
  private final ManagedChannel channel;
  private final CallCredentials token;

  private Modeldex(ManagedChannel channel, CallCredentials token) {
    this.channel = channel;
    this.token = token;
  }

  /** Connects to the server that the environment names; see {@link Settings#fromEnvironment()}. */
  public static Modeldex connect() throws IOException {
    return connect(Settings.fromEnvironment());
  }

  /**
   * Connects to a server. The first call opens the connection; calls that the contract calls safe are tried again while
   * the server is UNAVAILABLE.
   *
   * @throws IOException if a PEM file cannot be read
   */
  public static Modeldex connect(Settings settings) throws IOException {
    ManagedChannel channel =
        Grpc.newChannelBuilder(settings.target(), credentials(settings))
            .defaultServiceConfig(serviceConfig())
            // The server bounds its answers; grpc's limit of 4 MiB would refuse a page of large models.
            .maxInboundMessageSize(Integer.MAX_VALUE)
            // Finds a dead connection below an open call. The server allows a ping every 10 seconds.
            .keepAliveTime(30, TimeUnit.SECONDS)
            .keepAliveTimeout(10, TimeUnit.SECONDS)
            .build();
    return new Modeldex(channel, settings.token() == null ? null : new BearerToken(settings.token()));
  }

  /**
   * Gives a generated stub of any service and kind that calls this server with the token, for example {@code
   * stub(DiscoveryServiceGrpc::newBlockingStub)}.
   */
  public <S extends AbstractStub<S>> S stub(Function<Channel, S> stub) {
    return stub.apply(channel).withCallCredentials(token);
  }

  /** Has the next call look for the server at once, where it was away: grpc's own waits grow to two minutes. */
  void reconnect() {
    channel.resetConnectBackoff();
  }

  boolean isClosed() {
    return channel.isShutdown();
  }

  /** Lets running calls end for up to 5 seconds, then ends them. */
  @Override
  public void close() {
    channel.shutdown();
    try {
      channel.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      channel.shutdownNow();
    }
  }

  private static ChannelCredentials credentials(Settings settings) throws IOException {
    if (!settings.tls()) {
      return InsecureChannelCredentials.create();
    }
    TlsChannelCredentials.Builder tls = TlsChannelCredentials.newBuilder();
    if (settings.ca() != null) {
      tls.trustManager(settings.ca().toFile());
    }
    if (settings.certificate() != null) {
      tls.keyManager(settings.certificate().toFile(), settings.key().toFile());
    }
    return tls.build();
  }

  private static Map<String, ?> serviceConfig() throws IOException {
    try (Reader json =
        new InputStreamReader(Modeldex.class.getResourceAsStream("service_config.json"), StandardCharsets.UTF_8)) {
      return new Gson().fromJson(json, new TypeToken<Map<String, ?>>() {});
    }
  }
}
