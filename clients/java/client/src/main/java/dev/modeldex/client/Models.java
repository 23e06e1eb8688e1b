package dev.modeldex.client;

import dev.modeldex.v1.DiscoveryServiceGrpc.DiscoveryServiceBlockingStub;
import dev.modeldex.v1.ListModelsRequest;
import dev.modeldex.v1.ListModelsResponse;
import dev.modeldex.v1.Model;
import java.util.Spliterators.AbstractSpliterator;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Lists of models without their pages. */
public final class Models {
  private Models() {}

  /**
   * Gives every model of a list, on however many pages. A page is asked for when the stream comes to it, so {@code
   * limit} saves calls; a deadline of the stub limits the whole walk. The stream throws what the call throws.
   */
  public static Stream<Model> stream(DiscoveryServiceBlockingStub catalogue, ListModelsRequest request) {
    return StreamSupport.stream(new Pages(catalogue, request), false)
        .flatMap(page -> page.getModelsList().stream());
  }

  private static final class Pages extends AbstractSpliterator<ListModelsResponse> {
    private final DiscoveryServiceBlockingStub catalogue;
    private ListModelsRequest next;

    Pages(DiscoveryServiceBlockingStub catalogue, ListModelsRequest first) {
      super(Long.MAX_VALUE, ORDERED | NONNULL | IMMUTABLE);
      this.catalogue = catalogue;
      this.next = first;
    }

    @Override
    public boolean tryAdvance(Consumer<? super ListModelsResponse> reader) {
      if (next == null) {
        return false;
      }
      ListModelsResponse page = catalogue.listModels(next);
      String token = page.getNextPageToken();
      next = token.isEmpty() ? null : next.toBuilder().setPageToken(token).build();
      reader.accept(page);
      return true;
    }
  }
}
