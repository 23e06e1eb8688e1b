package dev.modeldex.tour;

import dev.modeldex.client.Modeldex;
import dev.modeldex.client.Problem;
import dev.modeldex.client.Settings;
import dev.modeldex.client.Watch;
import dev.modeldex.v1.UpdateEvent;
import dev.modeldex.v1.WatchOptions;
import dev.modeldex.v1.WatchRequest;
import dev.modeldex.v1.WatchResponse;
import io.grpc.StatusRuntimeException;
import java.io.IOException;

/**
 * Prints a line for each change of the catalogue, until it is interrupted: the revision, the ordinal within it, and
 * what it is about.
 *
 * <p>With a revision as its argument it begins after that one, 0 being the beginning of the log; without, with what is
 * committed from now on. MODELDEX_TARGET and MODELDEX_TOKEN say whom to ask; see {@link Settings#fromEnvironment()}.
 */
public final class Follow {
  private Follow() {}

  /** Follows the catalogue. Ends with 1 and an explanation on standard error where that cannot go on. */
  public static void main(String[] arguments) {
    try {
      follow(begin(arguments));
    } catch (StatusRuntimeException error) {
      fail(Problem.of(error).message());
    } catch (IOException | IllegalArgumentException error) {
      fail(error.getMessage());
    }
  }

  private static void fail(String explanation) {
    System.err.println("follow: " + explanation);
    System.exit(1);
  }

  private static WatchRequest begin(String[] arguments) {
    var request = WatchRequest.newBuilder();
    if (arguments.length > 0) {
      request.setOptions(WatchOptions.newBuilder().setAfterRevision(Long.parseLong(arguments[0])));
    }
    return request.build();
  }

  private static void follow(WatchRequest request) throws IOException {
    try (var modeldex = Modeldex.connect();
        var watch = new Watch(modeldex, request)) {
      for (WatchResponse message : watch) {
        for (UpdateEvent update : message.getUpdatesList()) {
          System.out.println(update.getRevision() + " " + update.getOrdinal() + " " + subject(update));
        }
      }
    }
  }

  /** What an update is about. */
  private static String subject(UpdateEvent update) {
    return switch (update.getUpdateCase()) {
      case MODEL -> update.getModel().getModelId();
      case PROVIDER -> update.getProvider().getProviderId();
      case CAPABILITY -> update.getCapability().getCapability();
      case LIFECYCLE -> update.getLifecycle().getModelId();
      case OPERATION -> update.getOperation().getMessage();
      default -> "";
    };
  }
}
