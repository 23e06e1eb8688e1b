package dev.modeldex.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.modeldex.v1.ErrorReason;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What went wrong with a call, in a form to decide by.
 *
 * @param code the status code
 * @param reason why; ERROR_REASON_UNSPECIFIED where no modeldex server said so, or for a reason younger than these
 *     stubs: decide by the code then
 * @param message a sentence for people; may be empty
 * @param metadata what varies in the message, for example which model was not found
 */
public record Problem(Status.Code code, ErrorReason reason, String message, Map<String, String> metadata) {
  private static final String DOMAIN = "modeldex";

  /** Reads the problem out of an exception that a stub threw. */
  public static Problem of(StatusRuntimeException error) {
    ErrorInfo info = info(error);
    String message = error.getStatus().getDescription();
    return new Problem(
        error.getStatus().getCode(), reason(info), message == null ? "" : message, info.getMetadataMap());
  }

  /** How long the server asks to wait before the next attempt; zero where it does not. */
  static Duration retryAfter(StatusRuntimeException error) {
    return details(error, RetryInfo.class).stream()
        .map(info -> span(info.getRetryDelay()))
        .findFirst()
        .orElse(Duration.ZERO);
  }

  /** A span of the contract. */
  static Duration span(com.google.protobuf.Duration span) {
    return Duration.ofSeconds(span.getSeconds(), span.getNanos());
  }

  private static ErrorInfo info(StatusRuntimeException error) {
    return details(error, ErrorInfo.class).stream()
        .filter(info -> info.getDomain().equals(DOMAIN))
        .findFirst()
        .orElse(ErrorInfo.getDefaultInstance());
  }

  private static <D extends Message> List<D> details(StatusRuntimeException error, Class<D> kind) {
    var details = new ArrayList<D>();
    try {
      for (Any detail : StatusProto.fromThrowable(error).getDetailsList()) {
        if (detail.is(kind)) {
          details.add(detail.unpack(kind));
        }
      }
    } catch (InvalidProtocolBufferException unreadable) {
      // Whoever wrote these details was not a modeldex server.
    }
    return details;
  }

  private static ErrorReason reason(ErrorInfo info) {
    var value = ErrorReason.getDescriptor().findValueByName("ERROR_REASON_" + info.getReason());
    return value == null ? ErrorReason.ERROR_REASON_UNSPECIFIED : ErrorReason.valueOf(value);
  }
}
