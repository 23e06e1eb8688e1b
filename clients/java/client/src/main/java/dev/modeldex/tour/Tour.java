package dev.modeldex.tour;

import dev.modeldex.client.Modeldex;
import dev.modeldex.client.Models;
import dev.modeldex.client.Problem;
import dev.modeldex.client.Settings;
import dev.modeldex.client.Watch;
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
import dev.modeldex.v1.Price;
import dev.modeldex.v1.PriceCeiling;
import dev.modeldex.v1.PriceUnit;
import dev.modeldex.v1.SaveModelRequest;
import dev.modeldex.v1.UpdateEvent;
import dev.modeldex.v1.WatchRequest;
import dev.modeldex.v1.WatchResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Shows what a modeldex server answers: lists, gets, gets a batch, meets an error, and saves a model.
 *
 * <p>MODELDEX_TARGET and MODELDEX_TOKEN say whom to ask; see {@link Settings#fromEnvironment()} for the rest. With
 * MODELDEX_WRITER_TOKEN it also saves a private model, sees that in a watch, reads it back and deletes it.
 */
public final class Tour {
  private Tour() {}

  /** Runs the tour. Ends with 1 and an explanation on standard error where a call fails. */
  public static void main(String[] arguments) {
    try {
      tour(Settings.fromEnvironment(), System.getenv("MODELDEX_WRITER_TOKEN"));
    } catch (StatusRuntimeException error) {
      fail(explain(error));
    } catch (IOException | IllegalArgumentException error) {
      fail(error.getMessage());
    }
  }

  private static void fail(String explanation) {
    System.err.println("tour: " + explanation);
    System.exit(1);
  }

  /** Says what a person can do about an error. */
  private static String explain(StatusRuntimeException error) {
    Problem problem = Problem.of(error);
    if (problem.reason() == ErrorReason.ERROR_REASON_UNAUTHENTICATED) {
      return "the server asks for a token that it knows; set MODELDEX_TOKEN";
    }
    if (problem.reason() == ErrorReason.ERROR_REASON_UNSPECIFIED && problem.code() == Status.Code.UNAVAILABLE) {
      return "no modeldex server answers; start one with `modeldex serve`, or set MODELDEX_TARGET and MODELDEX_TLS\n  "
          + root(error).getMessage();
    }
    return problem.message();
  }

  /** The first of the causes: grpc's own text is "io exception" and no more. */
  private static Throwable root(Throwable error) {
    return error.getCause() == null ? error : root(error.getCause());
  }

  private static void tour(Settings settings, String writerToken) throws IOException {
    read(settings);
    if (writerToken == null) {
      System.out.println("Set MODELDEX_WRITER_TOKEN to see a model saved, too.");
    } else {
      write(settings.withToken(writerToken));
    }
  }

  private static void read(Settings settings) throws IOException {
    try (var modeldex = Modeldex.connect(settings)) {
      // One deadline for all that this stub does: every call has what is left of it.
      var catalogue = modeldex.stub(DiscoveryServiceGrpc::newBlockingStub).withDeadlineAfter(30, TimeUnit.SECONDS);
      list(catalogue);
      get(catalogue);
      batch(catalogue);
      miss(catalogue);
    }
  }

  /** Walks all pages of a filtered list. Shows the ten cheapest models that are not free, and counts the others. */
  private static void list(DiscoveryServiceBlockingStub catalogue) {
    var request =
        ListModelsRequest.newBuilder()
            .setFilter(
                ModelFilter.newBuilder()
                    .addCapabilitiesTrue("function_calling")
                    .addInputModalities(Modality.MODALITY_IMAGE)
                    .addPriceCeilings(PriceCeiling.newBuilder().setMeter("input").setMaxAmount("0.50")))
            .setSortField(ModelSortField.MODEL_SORT_FIELD_INPUT_PRICE)
            .setPageSize(200)
            .build();
    var free = Models.stream(catalogue, request).collect(Collectors.partitioningBy(Tour::isFree));
    List<Model> paid = free.get(false);
    System.out.println(
        "Models that see images, call functions and take a million tokens for $0.50 or less, cheapest first:");
    System.out.printf("%n%10s %10s %12s   %s%n", "input", "output", "context", "model");
    paid.stream().limit(10).map(Tour::row).forEach(System.out::println);
    System.out.printf(
        "... and %d more, beside %d that are free%n%n", Math.max(paid.size() - 10, 0), free.get(true).size());
  }

  /** Shows one model. */
  private static void get(DiscoveryServiceBlockingStub catalogue) {
    var answer = catalogue.getModel(GetModelRequest.newBuilder().setId("openai/gpt-4o").build());
    Model model = answer.getModel();
    System.out.printf(
        "%s is %s: %s in, %s out, %s tokens of context. Version %d, current through revision %d.%n",
        model.getId(),
        model.getDisplayName(),
        dollars(model, "input"),
        dollars(model, "output"),
        tokens(model),
        model.getVersion(),
        answer.getRevision());
  }

  /** Gets several models in one call. An id without a model is an answer, not an error. */
  private static void batch(DiscoveryServiceBlockingStub catalogue) {
    var ids = List.of("openai/gpt-4o", "anthropic/claude-sonnet-4-5", "openai/gpt-9");
    var answer = catalogue.batchGetModels(BatchGetModelsRequest.newBuilder().addAllIds(ids).build());
    System.out.printf(
        "Of %d ids asked for in one call, %d have a model; missing: %s.%n",
        ids.size(), answer.getModelsCount(), String.join(", ", answer.getMissingIdsList()));
  }

  /** Asks for a model that is not there and decides by the reason of the error. */
  private static void miss(DiscoveryServiceBlockingStub catalogue) {
    try {
      catalogue.getModel(GetModelRequest.newBuilder().setId("openai/gpt-9").build());
    } catch (StatusRuntimeException error) {
      Problem problem = Problem.of(error);
      switch (problem.reason()) {
        case ERROR_REASON_MODEL_NOT_FOUND ->
            System.out.printf(
                "No model %s; its state is \"%s\".%n",
                problem.metadata().get("model_id"), problem.metadata().get("state"));
        default -> throw error;
      }
    }
  }

  /** Saves a private model, sees it in a watch, reads it back as any replica would answer, and deletes it. */
  private static void write(Settings settings) throws IOException {
    try (var modeldex = Modeldex.connect(settings)) {
      var catalogue = modeldex.stub(DiscoveryServiceGrpc::newBlockingStub).withDeadlineAfter(30, TimeUnit.SECONDS);
      long revision = watch(modeldex, catalogue);
      // Whichever replica answers, it has this write.
      var read =
          catalogue.getModel(GetModelRequest.newBuilder().setId("acme/java-tour").setMinRevision(revision).build());
      System.out.printf(
          "Saved %s at revision %d and read version %d back.%n",
          read.getModel().getId(), revision, read.getModel().getVersion());
      catalogue.deleteModel(
          DeleteModelRequest.newBuilder()
              .setId("acme/java-tour")
              .setRequestId(UUID.randomUUID().toString())
              .setReason("the Java tour is over")
              .build());
    }
  }

  /** Saves a model while it watches, until it sees that. Gives the revision that saved it. */
  private static long watch(Modeldex modeldex, DiscoveryServiceBlockingStub catalogue) {
    var request = WatchRequest.newBuilder().setModels(ModelFilter.newBuilder().addProviderIds("acme")).build();
    long revision = 0;
    try (var watch = new Watch(modeldex, request)) {
      for (WatchResponse message : watch) {
        if (revision == 0) { // With its first message the watch has begun: what is saved now will come.
          revision = save(catalogue);
        }
        for (UpdateEvent update : message.getUpdatesList()) {
          if (update.getRevision() == revision) {
            System.out.printf(
                "The watch tells at revision %d of %s, by %s because of %s.%n",
                revision, update.getModel().getModelId(), update.getPrincipal(), update.getReason());
            return revision;
          }
        }
      }
    }
    return revision;
  }

  /** Saves a private model. Gives the revision that holds it. */
  private static long save(DiscoveryServiceBlockingStub catalogue) {
    var input = Price.newBuilder().setAmount("0.15").setUnit(PriceUnit.PRICE_UNIT_MILLION_TOKENS);
    var model =
        Model.newBuilder()
            .setId("acme/java-tour")
            .setDisplayName("Java tour")
            .addInputModalities(Modality.MODALITY_TEXT)
            .putPrices("input", input.build());
    var request =
        SaveModelRequest.newBuilder()
            .setModel(model)
            .setRequestId(UUID.randomUUID().toString()) // A retry of this call saves once.
            .setReason("the Java tour");
    return catalogue.saveModel(request.build()).getRevision();
  }

  private static String row(Model model) {
    return "%10s %10s %12s   %s"
        .formatted(dollars(model, "input"), dollars(model, "output"), tokens(model), model.getId());
  }

  private static boolean isFree(Model model) {
    return model.containsPrices("input") && model.getPricesOrThrow("input").getAmount().equals("0");
  }

  /** Tells free ("0") from unknown (absent). The amount is exact, so it never becomes a double. */
  private static String dollars(Model model, String meter) {
    if (!model.containsPrices(meter)) {
      return "?";
    }
    var amount = new BigDecimal(model.getPricesOrThrow(meter).getAmount());
    return amount.signum() == 0 ? "free" : "$" + amount.setScale(Math.max(amount.scale(), 2)).toPlainString();
  }

  private static String tokens(Model model) {
    return model.hasContextWindow() ? Long.toString(model.getContextWindow()) : "?";
  }
}
