package dev.modeldex.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.modeldex.v1.DiscoveryServiceGrpc;
import io.grpc.Attributes;
import io.grpc.CallCredentials;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.SecurityLevel;
import io.grpc.Status;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class BearerTokenTest {
  @Test
  @DisplayName("under TLS the token goes to any server, in the clear to one on this machine")
  void tokenIsSent() {
    assertEquals("Bearer mdx_secret", send("192.0.2.7", SecurityLevel.PRIVACY_AND_INTEGRITY).authorization());
    assertEquals("Bearer mdx_secret", send("127.0.0.1", SecurityLevel.NONE).authorization());
    assertEquals("Bearer mdx_secret", send("::1", SecurityLevel.NONE).authorization());
  }

  @Test
  @DisplayName("the token does not cross the network in the clear: the call fails")
  void tokenStaysOnThisMachineWithoutTls() {
    Outcome outcome = send("192.0.2.7", SecurityLevel.NONE);
    assertNull(outcome.headers);
    assertEquals(Status.Code.UNAUTHENTICATED, outcome.failure.getCode());
  }

  private static Outcome send(String peer, SecurityLevel security) {
    var outcome = new Outcome();
    new BearerToken("mdx_secret").applyRequestMetadata(new Call(peer, security), Runnable::run, outcome);
    return outcome;
  }

  /** What became of a call. */
  private static final class Outcome extends CallCredentials.MetadataApplier {
    private Metadata headers;
    private Status failure;

    @Override
    public void apply(Metadata headers) {
      this.headers = headers;
    }

    @Override
    public void fail(Status status) {
      failure = status;
    }

    String authorization() {
      return headers.get(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER));
    }
  }

  /** A call over a connection to some address. */
  private static final class Call extends CallCredentials.RequestInfo {
    private final String peer;
    private final SecurityLevel security;

    Call(String peer, SecurityLevel security) {
      this.peer = peer;
      this.security = security;
    }

    @Override
    public MethodDescriptor<?, ?> getMethodDescriptor() {
      return DiscoveryServiceGrpc.getGetModelMethod();
    }

    @Override
    public SecurityLevel getSecurityLevel() {
      return security;
    }

    @Override
    public String getAuthority() {
      return peer;
    }

    @Override
    public Attributes getTransportAttrs() {
      return Attributes.newBuilder()
          .set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, new InetSocketAddress(peer, 50051))
          .build();
    }
  }
}
