package io.stablesr.parity;

import io.stablesr.core.FloatTensor;
import io.stablesr.network.text.ClipTokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * 14: token ids, and the text tower's hidden states for the first of them (docs/mathematics.md
 * 1.6).
 */
final class TextReplayer implements Replayer {
  private static final String PENULTIMATE_LAYER = "penultimate";
  private static final String LAST_LAYER = "last_layer";

  @Override
  public void replay(Path file, Replay replay) {
    Golden golden = replay.golden();
    if (golden.has("tokens")) {
      checkTokens(replay);
      FloatTensor tokens = replay.input("tokens");
      for (String name : golden.names()) {
        if (name.startsWith(PENULTIMATE_LAYER)) {
          check(replay, name, Texts.encode(replay.networks(), first(tokens, golden, name)));
        } else if (name.startsWith(LAST_LAYER)) {
          check(replay, name, allLayers(replay.networks(), first(tokens, golden, name)));
        }
      }
    }
    scriptContext(replay, "context_empty", "");
    scriptContext(replay, "context_positive", Texts.POSITIVE);
    scriptContext(replay, "context_negative", Texts.NEGATIVE);
  }

  /** As many token rows as the recorded tensor has. */
  private static FloatTensor first(FloatTensor tokens, Golden golden, String name) {
    return Slices.entries(tokens, 0, golden.shape(name)[0]);
  }

  private static void scriptContext(Replay replay, String name, String prompt) {
    if (replay.golden().has(name)) {
      check(replay, name, Texts.context(replay.networks(), prompt));
    }
  }

  private static void check(Replay replay, String name, FloatTensor context) {
    replay.check(name, context, replay.tolerances().network());
  }

  private static FloatTensor allLayers(Networks networks, FloatTensor tokens) {
    int layers = networks.architecture().textEncoder().orElseThrow().layers();
    return networks
        .runOnce(
            networks.graphs().textEncoder(layers), networks.weights(), Map.of("tokens", tokens))
        .get("context");
  }

  private static void checkTokens(Replay replay) {
    Optional<Path> prompts = promptFile(replay.networks().recordedFolder());
    if (prompts.isEmpty()) {
      replay.omit("tokens", "no JSON file with the prompts lies beside it");
      return;
    }
    ClipTokenizer tokenizer = ClipTokenizer.load();
    List<String> texts = PromptReplayer.prompts(JsonFiles.object(prompts.get()));
    replay.check(
        "tokens",
        texts.stream()
            .map(tokenizer::encode)
            .flatMapToLong(java.util.Arrays::stream)
            .asDoubleStream()
            .toArray(),
        Tolerance.EXACT);
  }

  private static Optional<Path> promptFile(Path folder) {
    Function<Path, String> name = path -> path.getFileName().toString();
    try (Stream<Path> paths = Files.list(folder)) {
      return paths
          .filter(path -> Replayers.number(name.apply(path)).equals(Optional.of("14")))
          .filter(path -> name.apply(path).endsWith(".json"))
          .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
