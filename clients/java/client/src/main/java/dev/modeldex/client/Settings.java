package dev.modeldex.client;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * How to reach a server.
 *
 * @param target HOST:PORT
 * @param token the bearer token; null for a server without tokens
 * @param tls whether the server speaks TLS
 * @param ca PEM file of who signed the server's certificate; null trusts what the Java runtime trusts
 * @param certificate PEM file of the caller's own certificate, for a server that asks for one; null for none
 * @param key PEM file of that certificate's private key
 */
public record Settings(String target, String token, boolean tls, Path ca, Path certificate, Path key) {
  /** Where a server listens that was told nothing else. */
  public static final String DEFAULT_TARGET = "localhost:50051";

  /** Refuses a certificate without its key, and a key without its certificate. */
  public Settings {
    if ((certificate == null) != (key == null)) {
      throw new IllegalArgumentException("a certificate and its key belong together: one of the two is missing");
    }
  }

  /**
   * Reads MODELDEX_TARGET, MODELDEX_TOKEN, MODELDEX_TLS ("1"), MODELDEX_CA, MODELDEX_CERTIFICATE and MODELDEX_KEY. A
   * file for TLS switches TLS on.
   */
  public static Settings fromEnvironment() {
    return from(System.getenv());
  }

  static Settings from(Map<String, String> environment) {
    Path ca = path(environment, "MODELDEX_CA");
    Path certificate = path(environment, "MODELDEX_CERTIFICATE");
    return new Settings(
        value(environment, "MODELDEX_TARGET").orElse(DEFAULT_TARGET),
        value(environment, "MODELDEX_TOKEN").orElse(null),
        "1".equals(environment.get("MODELDEX_TLS")) || ca != null || certificate != null,
        ca,
        certificate,
        path(environment, "MODELDEX_KEY"));
  }

  /** The same server, called by someone else. */
  public Settings withToken(String token) {
    return new Settings(target, token, tls, ca, certificate, key);
  }

  /** Shows everything but the token. */
  @Override
  public String toString() {
    return "Settings[target=%s, tls=%s, token %s]".formatted(target, tls, token == null ? "absent" : "present");
  }

  private static Path path(Map<String, String> environment, String name) {
    return value(environment, name).map(Path::of).orElse(null);
  }

  /** A variable that is set to nothing is not set. */
  private static Optional<String> value(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
  }
}
