package dev.modeldex.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import dev.modeldex.v1.ErrorReason;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
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

  private static ErrorInfo info(StatusRuntimeException error) {
    try {
      for (Any detail : StatusProto.fromThrowable(error).getDetailsList()) {
        if (detail.is(ErrorInfo.class) && detail.unpack(ErrorInfo.class).getDomain().equals(DOMAIN)) {
          return detail.unpack(ErrorInfo.class);
        }
      }
    } catch (InvalidProtocolBufferException unreadable) {
      // Whoever wrote these details was not a modeldex server.
    }
    return ErrorInfo.getDefaultInstance();
  }

  private static ErrorReason reason(ErrorInfo info) {
    var value = ErrorReason.getDescriptor().findValueByName("ERROR_REASON_" + info.getReason());
    return value == null ? ErrorReason.ERROR_REASON_UNSPECIFIED : ErrorReason.valueOf(value);
  }
}
