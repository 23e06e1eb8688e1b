package dev.modeldex.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modeldex.v1.BatchGetModelsRequest;
import dev.modeldex.v1.DeleteModelRequest;
import dev.modeldex.v1.DiscoveryServiceGrpc;
import dev.modeldex.v1.DiscoveryServiceGrpc.DiscoveryServiceBlockingStub;
import dev.modeldex.v1.ErrorReason;
import dev.modeldex.v1.GetModelRequest;
import dev.modeldex.v1.ListModelsRequest;
import dev.modeldex.v1.Modality;
import dev.modeldex.v1.Model;
import dev.modeldex.v1.ModelFilter;
import dev.modeldex.v1.ModelSortField;
import dev.modeldex.v1.PriceCeiling;
import dev.modeldex.v1.SaveModelRequest;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Asks a running server, with a reader's token in MODELDEX_TOKEN and a writer's in MODELDEX_WRITER_TOKEN. */
@EnabledIfEnvironmentVariable(
    named = "MODELDEX_TARGET",
    matches = ".+",
    disabledReason = "MODELDEX_TARGET is not set: these tests ask a running server")
@Timeout(60)
class CatalogueTest {
  /** A list of several pages. */
  private static final ListModelsRequest CHEAP_VISION =
      ListModelsRequest.newBuilder()
          .setFilter(
              ModelFilter.newBuilder()
                  .addCapabilitiesTrue("function_calling")
                  .addInputModalities(Modality.MODALITY_IMAGE)
                  .addPriceCeilings(PriceCeiling.newBuilder().setMeter("input").setMaxAmount("0.50")))
          .setSortField(ModelSortField.MODEL_SORT_FIELD_INPUT_PRICE)
          .setPageSize(100)
          .setIncludeTotalSize(true)
          .build();

  private final Settings settings = Settings.fromEnvironment();
  private final AtomicInteger calls = new AtomicInteger();
  private Modeldex modeldex;
  private DiscoveryServiceBlockingStub catalogue;

  @BeforeEach
  void connect() throws IOException {
    modeldex = Modeldex.connect(settings);
    catalogue = modeldex.stub(DiscoveryServiceGrpc::newBlockingStub).withInterceptors(new Counter());
  }

  @AfterEach
  void close() {
    modeldex.close();
  }

  @Test
  @DisplayName("every model of a list comes once, on all its pages, in the order asked for")
  void walksAllPages() {
    long total = catalogue.listModels(CHEAP_VISION).getTotalSize();
    calls.set(0);

    List<Model> models = Models.stream(catalogue, CHEAP_VISION).toList();

    assertEquals(total, new HashSet<>(models.stream().map(Model::getId).toList()).size());
    assertEquals(total, models.size());
    assertTrue(total > 100, "the list has one page only");
    assertEquals((total + 99) / 100, calls.get());
    assertTrue(models.stream().allMatch(model -> model.getInputModalitiesList().contains(Modality.MODALITY_IMAGE)));
    List<BigDecimal> prices = models.stream().map(CatalogueTest::price).toList();
    assertEquals(prices.stream().sorted().toList(), prices);
  }

  @Test
  @DisplayName("a stream with a limit asks for no page that it does not need")
  void asksForPagesAsTheStreamReachesThem() {
    var stream = Models.stream(catalogue, CHEAP_VISION);
    assertEquals(0, calls.get());
    assertEquals(10, stream.limit(10).count());
    assertEquals(1, calls.get());
  }

  @Test
  @DisplayName("the stream throws what the call throws")
  void streamEndsWithAnError() {
    var forged = ListModelsRequest.newBuilder().setPageToken("forged").build();
    Problem problem = problemOf(() -> Models.stream(catalogue, forged).toList());
    assertEquals(ErrorReason.ERROR_REASON_INVALID_PAGE_TOKEN, problem.reason());
  }

  @Test
  @DisplayName("a model is got by its id")
  void getsOneModel() {
    Model model = catalogue.getModel(get("openai/gpt-4o")).getModel();
    assertEquals("gpt-4o", model.getProviderModelId());
    assertTrue(model.getVersion() >= 1);
  }

  @Test
  @DisplayName("an id without a model is named in the answer of a batch and is no error")
  void batchNamesMissingIds() {
    var answer =
        catalogue.batchGetModels(
            BatchGetModelsRequest.newBuilder().addIds("openai/gpt-4o").addIds("openai/gpt-9").build());
    assertEquals(List.of("openai/gpt-4o"), answer.getModelsList().stream().map(Model::getId).toList());
    assertEquals(List.of("openai/gpt-9"), answer.getMissingIdsList());
  }

  @Test
  @DisplayName("an error tells its reason and what varies in it")
  void missingModelHasAReason() {
    Problem problem = problemOf(() -> catalogue.getModel(get("openai/gpt-9")));
    assertEquals(Code.NOT_FOUND, problem.code());
    assertEquals(ErrorReason.ERROR_REASON_MODEL_NOT_FOUND, problem.reason());
    assertEquals("openai/gpt-9", problem.metadata().get("model_id"));
    assertEquals("unknown", problem.metadata().get("state"));
  }

  @Test
  @DisplayName("a write is read back by whoever passes on its revision")
  @EnabledIfEnvironmentVariable(
      named = "MODELDEX_WRITER_TOKEN",
      matches = ".+",
      disabledReason = "MODELDEX_WRITER_TOKEN is not set")
  void readsItsOwnWrite() throws IOException {
    String id = "acme/java-" + UUID.randomUUID();
    try (var writing = Modeldex.connect(settings.withToken(System.getenv("MODELDEX_WRITER_TOKEN")))) {
      var writer = writing.stub(DiscoveryServiceGrpc::newBlockingStub);
      long revision = writer.saveModel(save(id)).getRevision();

      var read = catalogue.getModel(get(id).toBuilder().setMinRevision(revision).build());

      assertEquals("Acme Java", read.getModel().getDisplayName());
      assertTrue(read.getRevision() >= revision);
      writer.deleteModel(
          DeleteModelRequest.newBuilder().setId(id).setRequestId(UUID.randomUUID().toString()).build());
    }
  }

  @Test
  @DisplayName("a reader's token does not save")
  void readerMayNotSave() {
    Problem problem = problemOf(() -> catalogue.saveModel(save("acme/java-refused")));
    assertEquals(Code.PERMISSION_DENIED, problem.code());
    assertEquals(ErrorReason.ERROR_REASON_PERMISSION_DENIED, problem.reason());
    assertEquals("writer", problem.metadata().get("required_role"));
  }

  @Test
  @DisplayName("a token that the server does not know is refused")
  void wrongTokenIsRefused() throws IOException {
    try (var stranger = Modeldex.connect(settings.withToken("mdx_wrong"))) {
      var refused = stranger.stub(DiscoveryServiceGrpc::newBlockingStub);
      Problem problem = problemOf(() -> refused.getModel(get("openai/gpt-4o")));
      assertEquals(Code.UNAUTHENTICATED, problem.code());
      assertEquals(ErrorReason.ERROR_REASON_UNAUTHENTICATED, problem.reason());
    }
  }

  private static GetModelRequest get(String id) {
    return GetModelRequest.newBuilder().setId(id).build();
  }

  private static SaveModelRequest save(String id) {
    return SaveModelRequest.newBuilder()
        .setModel(Model.newBuilder().setId(id).setDisplayName("Acme Java"))
        .setRequestId(UUID.randomUUID().toString())
        .build();
  }

  private static BigDecimal price(Model model) {
    return new BigDecimal(model.getPricesOrThrow("input").getAmount());
  }

  private static Problem problemOf(Executable call) {
    return Problem.of(assertThrows(StatusRuntimeException.class, call));
  }

  /** Counts the calls of a stub. */
  private final class Counter implements ClientInterceptor {
    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      calls.incrementAndGet();
      return next.newCall(method, options);
    }
  }
}
