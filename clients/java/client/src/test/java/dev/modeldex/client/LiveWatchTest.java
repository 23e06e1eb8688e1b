package dev.modeldex.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modeldex.v1.DeleteModelRequest;
import dev.modeldex.v1.DiscoveryServiceGrpc;
import dev.modeldex.v1.DiscoveryServiceGrpc.DiscoveryServiceBlockingStub;
import dev.modeldex.v1.ListModelsRequest;
import dev.modeldex.v1.Model;
import dev.modeldex.v1.ModelFilter;
import dev.modeldex.v1.SaveModelRequest;
import dev.modeldex.v1.UpdateEvent;
import dev.modeldex.v1.WatchOptions;
import dev.modeldex.v1.WatchRequest;
import dev.modeldex.v1.WatchResponse;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Watches a running server, with a reader's token in MODELDEX_TOKEN and a writer's in MODELDEX_WRITER_TOKEN. */
@EnabledIfEnvironmentVariable(
    named = "MODELDEX_WRITER_TOKEN",
    matches = ".+",
    disabledReason = "MODELDEX_WRITER_TOKEN is not set: these tests write to a running server")
@Timeout(60)
class LiveWatchTest {
  private final String provider = "java-" + UUID.randomUUID();
  private final ModelFilter models = ModelFilter.newBuilder().addProviderIds(provider).build();
  private Modeldex reading;
  private Modeldex writing;
  private DiscoveryServiceBlockingStub writer;

  @BeforeEach
  void connect() throws IOException {
    var settings = Settings.fromEnvironment();
    reading = Modeldex.connect(settings);
    writing = Modeldex.connect(settings.withToken(System.getenv("MODELDEX_WRITER_TOKEN")));
    writer = writing.stub(DiscoveryServiceGrpc::newBlockingStub);
  }

  @AfterEach
  void close() {
    reading.close();
    writing.close();
  }

  @Test
  @DisplayName("a watch that begins from now tells of what is saved after its first message")
  void seesASave() {
    try (var watch = watch(WatchOptions.newBuilder())) {
      var messages = watch.iterator();
      messages.next();
      long revision = save("one", "Acme One");
      UpdateEvent update = firstUpdates(watch).get(0);
      assertEquals(revision, update.getRevision());
      assertEquals("Acme One", update.getModel().getAfter().getDisplayName());
    }
  }

  @Test
  @DisplayName("after a revision, and after a token, comes what came after it and nothing else")
  void beginsAfterARevisionOrAToken() {
    long first = save("one", "");
    long second = save("two", "");
    String token;
    try (var watch = watch(WatchOptions.newBuilder().setAfterRevision(first))) {
      WatchResponse message = firstWithUpdates(watch);
      assertEquals(List.of(second), message.getUpdatesList().stream().map(UpdateEvent::getRevision).toList());
      token = message.getResumeToken();
    }
    long third = save("three", "");
    try (var watch = watch(WatchOptions.newBuilder().setResumeToken(token))) {
      assertEquals(List.of(third), firstUpdates(watch).stream().map(UpdateEvent::getRevision).toList());
    }
  }

  @Test
  @DisplayName("a copy that a snapshot and the updates after it keep is what the list gives")
  void keepsACopy() {
    save("one", "before");
    var before = list(save("two", "before")); // From here on the replica has both.
    var copy = new HashMap<String, String>();
    long last = 0;
    try (var watch = watch(WatchOptions.newBuilder().setInitialSnapshot(true))) {
      for (WatchResponse message : watch) {
        apply(message, copy);
        if (last == 0) {
          assertTrue(message.getSnapshotComplete());
          assertEquals(before, copy);
          save("one", "after");
          save("three", "after");
          last = delete("two");
        }
        if (message.getRevision() >= last) {
          break;
        }
      }
    }
    assertEquals(2, copy.size());
    assertEquals(list(last), copy);
  }

  private static void apply(WatchResponse message, Map<String, String> copy) {
    if (message.getSnapshotComplete()) {
      copy.clear();
    }
    for (UpdateEvent update : message.getUpdatesList()) {
      var model = update.getModel();
      switch (update.getTransition()) {
        case UPDATE_TRANSITION_LEFT -> copy.remove(model.getModelId());
        case UPDATE_TRANSITION_ENTERED, UPDATE_TRANSITION_CHANGED ->
            copy.put(model.getModelId(), model.getAfter().getDisplayName());
        default -> throw new AssertionError(update);
      }
    }
  }

  private Watch watch(WatchOptions.Builder options) {
    return new Watch(reading, WatchRequest.newBuilder().setOptions(options).setModels(models).build());
  }

  private static WatchResponse firstWithUpdates(Watch watch) {
    for (WatchResponse message : watch) {
      if (message.getUpdatesCount() > 0) {
        return message;
      }
    }
    throw new AssertionError("the watch ended");
  }

  private static List<UpdateEvent> firstUpdates(Watch watch) {
    return firstWithUpdates(watch).getUpdatesList();
  }

  private long save(String name, String displayName) {
    var model = Model.newBuilder().setId(provider + "/" + name).setDisplayName(displayName);
    var request = SaveModelRequest.newBuilder().setModel(model).setRequestId(UUID.randomUUID().toString());
    return writer.saveModel(request.build()).getRevision();
  }

  private long delete(String name) {
    var request =
        DeleteModelRequest.newBuilder().setId(provider + "/" + name).setRequestId(UUID.randomUUID().toString());
    return writer.deleteModel(request.build()).getRevision();
  }

  private Map<String, String> list(long revision) {
    var request = ListModelsRequest.newBuilder().setFilter(models).setMinRevision(revision).build();
    return Models.stream(writer, request).collect(Collectors.toMap(Model::getId, Model::getDisplayName));
  }
}
